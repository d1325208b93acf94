package dev.stretto.batch;

import dev.stretto.batch.step.ExitStatuses;
import dev.stretto.dispatch.Clocks;
import dev.stretto.lease.Lease;
import dev.stretto.lease.Leases;
import java.sql.SQLException;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.batch.core.BatchStatus;
import org.springframework.batch.core.job.JobExecution;
import org.springframework.batch.core.job.JobInstance;
import org.springframework.batch.core.job.parameters.JobParameters;
import org.springframework.batch.core.launch.JobOperator;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.batch.core.step.StepExecution;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * What runs that died left in the job repository. Whoever holds a channel's lease knows that no
 * execution that held it before runs, whatever the repository says. One that never held it may be
 * another launch's, which is about to ask for the lease or has just been refused it: that is left
 * alone, until it has been seen for so long that its process must have died. Thread-safe.
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

  private static final String STATUS =
      "select status from BATCH_JOB_EXECUTION where job_execution_id = ?";

  private final JobOperator operator;
  private final JobRepository repository;
  private final JdbcTemplate jdbc;
  private final Leases leases;
  private final Clocks clocks;

  DeadRuns(RunLauncher.Batch batch, Leases leases, Clocks clocks) {
    this.operator = batch.operator();
    this.repository = batch.repository();
    this.jdbc = batch.jdbc();
    this.leases = leases;
    this.clocks = clocks;
  }

  /**
   * Marks as failed the executions on a channel that still look as if they ran, and died.
   *
   * @param lease the channel's
   * @param own the execution that asks, or null where there is none yet
   * @return the parameters of the last job instance where it was cut short, else null
   * @throws SQLException where the leases' database fails
   */
  @Nullable JobParameters recover(Lease lease, @Nullable JobExecution own) throws SQLException {
    Long lastRun = lease.lastRun();
    boolean over = lastRun != null && isOver(lastRun);
    JobExecution last = lastRun == null || over ? null : repository.getJobExecution(lastRun);
    long newest = lastRun != null && (over || last != null) ? lastRun : 0;
    List<JobExecution> unheld = new ArrayList<>();
    List<JobExecution> dead = new ArrayList<>();
    for (JobExecution execution : running(lease.channel(), own)) {
      (held(execution, lease) ? dead : unheld).add(execution);
    }
    long deadUpTo = leases.deadUpTo(lease, unheld.isEmpty() ? null : unheld.getLast().getId());
    unheld.stream().filter(execution -> execution.getId() <= deadUpTo).forEach(dead::add);
    unheld.removeAll(dead);
    for (JobExecution execution : dead) {
      LOG.info(
          "channel {}: run {} had died; its job is restarted", lease.channel(), execution.getId());
      markFailed(execution);
      if (newest <= execution.getId()) {
        last = execution;
        newest = execution.getId();
      }
    }
    if (last == null || isOfAny(unheld, last.getJobInstance())) {
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

  /** Whether there is nothing to restart of it: most often so, and seen by one statement. */
  private boolean isOver(long run) {
    return jdbc.queryForList(STATUS, String.class, run).stream()
        .map(BatchStatus::valueOf)
        .anyMatch(status -> status == BatchStatus.COMPLETED || status == BatchStatus.ABANDONED);
  }

  /**
   * Whether an execution that looks as if it ran had the channel before the lease's holder. A
   * launch of {@code dispatch} has taken the lease before it makes its execution, which says so;
   * one that restarts it by Spring Batch's own means is made later, says the same, and did not.
   */
  private boolean held(JobExecution execution, Lease lease) {
    long run = execution.getId();
    if (Objects.equals(lease.lastRun(), run)) {
      return true;
    }
    Long fence = DispatchParameters.fence(execution.getJobParameters());
    return fence != null
        && fence < lease.fence()
        && repository.getJobExecutions(execution.getJobInstance()).stream()
            .noneMatch(other ->
                other.getId() < run
                    && fence.equals(DispatchParameters.fence(other.getJobParameters())));
  }

  private static boolean isOfAny(List<JobExecution> executions, JobInstance instance) {
    return executions.stream().anyMatch(other -> other.getJobInstance().equals(instance));
  }

  /**
   * Whether another launch has taken this execution, which waited for so long, for one whose
   * process died. Then it is as the job repository has it, and there is nothing left for it to
   * record.
   */
  boolean tookForDead(JobExecution own) {
    String stored = jdbc.queryForObject(STATUS, String.class, own.getId());
    BatchStatus status = BatchStatus.valueOf(String.valueOf(stored));
    if (status.isRunning()) {
      return false;
    }
    LOG.warn(
        "channel {}: run {} began so long after it was made that it had been taken for dead: launch"
            + " it again",
        DispatchParameters.channel(own.getJobParameters()),
        own.getId());
    own.setStatus(status);
    own.setExitStatus(ExitStatuses.takenForDead());
    return true;
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
   * Has Spring Batch recover the execution. What that leaves alone is marked here: executions whose
   * last commit's fate was unknown, and those that restarted one that was recovered.
   */
  private void markFailed(JobExecution execution) {
    if (execution.getStatus().isRunning()) {
      operator.recover(execution);
    }
    if (execution.getStatus().isRunning() || execution.getStatus() == BatchStatus.UNKNOWN) {
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
    }
    RunTimes.noteEnd(execution, clocks.clock().instant(), repository);
  }
}
