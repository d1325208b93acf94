package org.example.shop;

import java.util.UUID;
import org.springframework.batch.core.job.Job;
import org.springframework.batch.core.job.JobExecutionException;
import org.springframework.batch.core.job.parameters.JobParametersBuilder;
import org.springframework.batch.core.launch.JobOperator;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/** Sends what waits, every now and then. */
@Component
@ConditionalOnProperty("shop.dispatch-every")
public class Dispatch {

  private final JobOperator operator;
  private final Job dispatch;

  public Dispatch(JobOperator operator, @Qualifier("strettoDispatch") Job dispatch) {
    this.operator = operator;
    this.dispatch = dispatch;
  }

  @Scheduled(
      initialDelayString = "${shop.dispatch-every}",
      fixedDelayString = "${shop.dispatch-every}")
  public void send() throws JobExecutionException {
    operator.start(
        dispatch,
        new JobParametersBuilder()
            .addString("channel", "warehouse")
            .addString("launch", UUID.randomUUID().toString())
            .toJobParameters());
  }
}
