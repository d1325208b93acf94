package dev.stretto.job;

import dev.stretto.dispatch.Counts;
import dev.stretto.dispatch.Stop;
import dev.stretto.dispatch.Stop.Reason;
import dev.stretto.dispatch.Times;
import dev.stretto.lease.ChannelHeldException;
import dev.stretto.ledger.Ledgers;
import dev.stretto.outbox.OutboxChannels.Gate;
import java.sql.SQLException;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.batch.core.BatchStatus;
import org.springframework.batch.core.job.JobExecution;
import org.springframework.batch.core.job.JobExecutionException;
import org.springframework.batch.core.job.parameters.JobParameters;
import org.springframework.batch.core.launch.JobOperator;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.batch.core.step.StepExecution;

/**
 * Launches the job on a channel: takes the lease, recovers what a dead run left in the job
 * repository, and restarts that job instance or starts a new one.
 */
public final class Dispatches {

  private static final Logger LOG = LoggerFactory.getLogger(Dispatches.class);

  /** Some seconds' work, so that a first purge of very many does not keep the next run waiting. */
  private static final long MOST_PURGED = 100_000;

  private final Launches launches;
  private final DispatchJob job;
  private final JobOperator operator;
  private final JobRepository repository;
  private final Ledgers ledgers;
  private final Times times;

  /**
   * @param operator must run jobs on the calling thread
   */
  public Dispatches(
      Launches launches,
      DispatchJob job,
      JobOperator operator,
      JobRepository repository,
      Ledgers ledgers,
      Times times) {
    this.launches = launches;
    this.job = job;
    this.operator = operator;
    this.repository = repository;
    this.ledgers = ledgers;
    this.times = times;
  }

  /**
   * Dispatches what waits in a channel. Blocks until it is done, or stopped and drained. Where
   * nothing waits and no run was cut short, or the destination asked an earlier run for a longer
   * pause than this one may wait, it returns at once and leaves no trace in the job repository.
   *
   * @param running is told of the run once there is one
   * @return how it ended; {@link DispatchResult#HELD} where another run holds the channel
   * @throws SQLException where the lease's database fails
   * @throws JobExecutionException where Spring Batch refuses to launch the job
   */
  public DispatchResult dispatch(
      OpenChannel open, DispatchOptions options, Consumer<ChannelRun> running)
      throws SQLException, JobExecutionException {
    String channel = open.name();
    long begin = times.nanos().getAsLong();
    AtomicReference<@Nullable ChannelRun> current = new AtomicReference<>();
    Consumer<ChannelRun> noted =
        run -> {
          current.set(run);
          running.accept(run);
        };
    try (Launch launch = launches.prepare(open, noted)) {
      JobParameters unfinished = recover(channel, launch.lease().lastRun());
      if (unfinished == null
          && !ledgers.anyWaiting(channel, open.settings().dispatch().ordering())) {
        purge(channel);
        return result(channel, null, null, begin);
      }
      Stop closed = closed(open);
      if (closed != null) {
        return noRun(channel, BatchStatus.STOPPED.name(), closed, null, begin);
      }
      String instance =
          unfinished == null
              ? times.clock().instant() + "/" + launch.lease().fence()
              : Objects.requireNonNullElse(unfinished.getString(DispatchOptions.LAUNCH), "");
      JobParameters parameters = options.parameters(channel, instance);
      JobExecution execution =
          ScopedValue.where(Launch.CURRENT, launch).call(() -> operator.start(job, parameters));
      ChannelRun run = current.get();
      if (mayPurge(run)) {
        purge(channel);
      }
      return result(channel, execution, run, begin);
    } catch (ChannelHeldException e) {
      return noRun(channel, DispatchResult.HELD, null, e.getMessage(), begin);
    }
  }

  /** Why no call may be made, where the destination asked for longer than a run would wait. */
  private @Nullable Stop closed(OpenChannel open) {
    Gate gate = ledgers.gate(open.name());
    if (gate == null) {
      return null;
    }
    Duration remaining = Duration.between(times.clock().instant(), gate.closedUntil());
    Duration patience = open.settings().dispatch().unavailable().patience();
    return remaining.compareTo(patience) <= 0
        ? null
        : new Stop(Reason.UNAVAILABLE, gate.reason(), remaining);
  }

  /**
   * Removes what the retention lets go, while the lease keeps other runs from doing the same. A
   * failure is not the run's: the next one tries again.
   */
  private void purge(String channel) {
    Duration retention = launches.retention();
    if (retention == null) {
      return;
    }
    try {
      long purged = ledgers.purge(channel, retention, MOST_PURGED);
      if (purged > 0) {
        LOG.info("channel {}: purged {} messages", channel, purged);
      }
    } catch (RuntimeException e) {
      LOG.warn("channel {}: old messages could not be purged: {}", channel, DatabaseStop.line(e));
    }
  }

  /** Not where somebody waits for the run to end, or the channel is no longer its own. */
  private static boolean mayPurge(@Nullable ChannelRun run) {
    Stop stop = run == null ? null : run.stopped();
    return stop == null
        || switch (stop.reason()) {
          case TIME_UP, UNAVAILABLE, REFUSED, SWITCHED_OFF, HELD -> true;
          case ASKED, FAILED, LEASE_LOST, DATABASE_UNAVAILABLE, BROKEN -> false;
        };
  }

  /**
   * Marks as failed the executions on the channel that still look as if they ran: whoever holds the
   * lease knows that they don't.
   *
   * @return the parameters of the last job instance where it was cut short, else null
   */
  private @Nullable JobParameters recover(String channel, @Nullable Long lastRun) {
    JobExecution last = lastRun == null ? null : repository.getJobExecution(lastRun);
    List<JobExecution> dead = new ArrayList<>();
    for (JobExecution running : repository.findRunningJobExecutions(DispatchJob.NAME)) {
      if (channel.equals(running.getJobParameters().getString(DispatchOptions.CHANNEL))) {
        dead.add(running);
      }
    }
    for (JobExecution execution : dead) {
      LOG.info("channel {}: run {} had died; its job is restarted", channel, execution.getId());
      operator.recover(execution);
      RunTimes.noteEnd(execution, times.clock().instant(), repository);
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

  /**
   * What Spring Batch's own recovery leaves alone, among it executions whose last commit's fate was
   * unknown.
   */
  private void markFailed(JobExecution execution) {
    LocalDateTime now = LocalDateTime.ofInstant(times.clock().instant(), ZoneId.systemDefault());
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
    RunTimes.noteEnd(execution, times.clock().instant(), repository);
  }

  private DispatchResult result(
      String channel, @Nullable JobExecution execution, @Nullable ChannelRun run, long begin) {
    Counts counts = run == null ? Counts.NONE : run.counts();
    BatchStatus status = execution == null ? BatchStatus.COMPLETED : execution.getStatus();
    return new DispatchResult(
        channel,
        execution == null ? null : execution.getId(),
        status.name(),
        run == null ? null : run.stopped(),
        execution == null ? null : failure(execution),
        counts.delivered(),
        counts.parked(),
        counts.retried(),
        run == null ? 0 : run.resent(),
        ledgers.unsettled(channel),
        counts.calling(),
        Duration.ofNanos(times.nanos().getAsLong() - begin));
  }

  private DispatchResult noRun(
      String channel, String status, @Nullable Stop stop, @Nullable String failure, long begin) {
    return new DispatchResult(
        channel,
        null,
        status,
        stop,
        failure,
        0,
        0,
        0,
        0,
        ledgers.unsettled(channel),
        Duration.ZERO,
        Duration.ofNanos(times.nanos().getAsLong() - begin));
  }

  private static @Nullable String failure(JobExecution execution) {
    return execution.getAllFailureExceptions().stream()
        .map(DatabaseStop::line)
        .findFirst()
        .orElse(null);
  }
}
