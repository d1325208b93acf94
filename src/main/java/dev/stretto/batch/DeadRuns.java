package dev.stretto.batch;

import dev.stretto.dispatch.Clocks;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.batch.core.BatchStatus;
import org.springframework.batch.core.job.JobExecution;
import org.springframework.batch.core.job.parameters.JobParameters;
import org.springframework.batch.core.launch.JobOperator;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.batch.core.step.StepExecution;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * What runs that died left in the job repository. Whoever holds a channel's lease knows that no
 * other execution on it runs, whatever the repository says. Thread-safe.
 */
final class DeadRuns {

  private static final Logger LOG = LoggerFactory.getLogger(DeadRuns.class);

  /**
   * The repository would look through the executions of years on H2, and return those of all
   * channels.
   */
  static final String RUNNING =
      """
      select e.job_execution_id
        from BATCH_JOB_EXECUTION e
       where e.status in ('STARTING', 'STARTED', 'STOPPING')
         and exists (
           select 1 from BATCH_JOB_EXECUTION_PARAMS p
            where p.job_execution_id = e.job_execution_id
              and p.parameter_name = 'channel' and p.parameter_value = ?)
       order by e.job_execution_id
      """;

  private final JobOperator operator;
  private final JobRepository repository;
  private final JdbcTemplate jdbc;
  private final Clocks clocks;

  DeadRuns(RunLauncher.Batch batch, Clocks clocks) {
    this.operator = batch.operator();
    this.repository = batch.repository();
    this.jdbc = batch.jdbc();
    this.clocks = clocks;
  }

  /**
   * Marks as failed the executions on a channel that still look as if they ran.
   *
   * @param lastRun the execution that held the channel's lease last, or null
   * @param own the execution that asks, or null where there is none yet
   * @return the parameters of the last job instance where it was cut short, else null
   */
  @Nullable JobParameters recover(
      String channel, @Nullable Long lastRun, @Nullable JobExecution own) {
    JobExecution last = lastRun == null ? null : repository.getJobExecution(lastRun);
    for (JobExecution execution : running(channel, own)) {
      LOG.info("channel {}: run {} had died; its job is restarted", channel, execution.getId());
      operator.recover(execution);
      RunTimes.noteEnd(execution, clocks.clock().instant(), repository);
      if (last == null || last.getId() <= execution.getId()) {
        last = execution;
      }
    }
    if (last == null) {
      return null;
    }
    return switch (last.getStatus()) {
      case COMPLETED, ABANDONED -> null;
      case FAILED, STOPPED -> last.getJobParameters();
      case STARTING, STARTED, STOPPING, UNKNOWN -> {
        markFailed(last);
        yield last.getJobParameters();
      }
    };
  }

  private List<JobExecution> running(String channel, @Nullable JobExecution own) {
    return jdbc.query(RUNNING, (row, number) -> row.getLong(1), channel).stream()
        .filter(id -> own == null || id != own.getId())
        .map(repository::getJobExecution)
        .filter(Objects::nonNull)
        .filter(running -> running.getJobInstance().getJobName().equals(DispatchJob.NAME))
        .toList();
  }

  /**
   * What Spring Batch's own recovery leaves alone, among it executions whose last commit's fate was
   * unknown.
   */
  private void markFailed(JobExecution execution) {
    LocalDateTime now = LocalDateTime.ofInstant(clocks.clock().instant(), ZoneId.systemDefault());
    for (StepExecution step : execution.getStepExecutions()) {
      if (step.getStatus().isRunning() || step.getStatus() == BatchStatus.UNKNOWN) {
        step.setStatus(BatchStatus.FAILED);
        step.setEndTime(now);
        repository.update(step);
      }
    }
    execution.setStatus(BatchStatus.FAILED);
    execution.setEndTime(now);
    repository.update(execution);
    RunTimes.noteEnd(execution, clocks.clock().instant(), repository);
  }
}
