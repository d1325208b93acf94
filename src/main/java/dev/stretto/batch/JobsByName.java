package dev.stretto.batch;

import org.springframework.batch.core.configuration.DuplicateJobException;
import org.springframework.batch.core.configuration.support.MapJobRegistry;
import org.springframework.batch.core.job.Job;

/**
 * An application's jobs, and this one from the beginning: Spring Boot's runner looks for a job by
 * its name before Spring Batch's own registry has any.
 */
public final class JobsByName extends MapJobRegistry {

  private final Job dispatch;

  public JobsByName(Job dispatch) {
    this.dispatch = dispatch;
    try {
      register(dispatch);
    } catch (DuplicateJobException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void afterSingletonsInstantiated() {
    unregister(dispatch.getName());
    super.afterSingletonsInstantiated();
  }
}
