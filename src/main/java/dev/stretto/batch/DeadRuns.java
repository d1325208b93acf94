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

/**
 * What runs that died left in the job repository. Whoever holds a channel's lease knows that no
 * other execution on it runs, whatever the repository says. Thread-safe.
 */
final class DeadRuns {

  private static final Logger LOG = LoggerFactory.getLogger(DeadRuns.class);

  private final JobOperator operator;
  private final JobRepository repository;
  private final Clocks clocks;

  /** How many launches are under way that may ask. */
  private int launches;

  /** What was found when the first of them asked; null while nobody has. */
  private @Nullable List<JobExecution> found;

  DeadRuns(JobOperator operator, JobRepository repository, Clocks clocks) {
    this.operator = operator;
    this.repository = repository;
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

  /** A launch is under way that holds a lease, and may ask. */
  interface Asking extends AutoCloseable {
    @Override
    void close();
  }

  /** A launch begins, until what is returned is closed. */
  synchronized Asking asking() {
    launches++;
    return this::ended;
  }

  private synchronized void ended() {
    launches--;
    if (launches == 0) {
      found = null;
    }
  }

  /**
   * What looks as if it ran. Launches side by side search once: a search reads all that run, of
   * every channel. What has come to an end since is read again; what has died since under a lease
   * that was taken since is that lease's last run.
   */
  private List<JobExecution> running(String channel, @Nullable JobExecution own) {
    return search().stream()
        .filter(running -> channel.equals(DispatchParameters.channel(running.getJobParameters())))
        .filter(running -> own == null || running.getId() != own.getId())
        .map(running -> repository.getJobExecution(running.getId()))
        .filter(Objects::nonNull)
        .filter(JobExecution::isRunning)
        .toList();
  }

  private synchronized List<JobExecution> search() {
    if (found == null) {
      found = List.copyOf(repository.findRunningJobExecutions(DispatchJob.NAME));
    }
    return found;
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
