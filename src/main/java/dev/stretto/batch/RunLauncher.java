package dev.stretto.batch;

import dev.stretto.batch.step.ExitStatuses;
import dev.stretto.batch.step.OverlappingStep;
import dev.stretto.batch.step.UnsentStep;
import dev.stretto.dispatch.Clocks;
import dev.stretto.dispatch.Counts;
import dev.stretto.dispatch.Stop;
import dev.stretto.dispatch.Stop.Reason;
import dev.stretto.lease.ChannelHeldException;
import dev.stretto.lease.ChannelPausedException;
import dev.stretto.lease.Lease;
import dev.stretto.lease.Leases;
import dev.stretto.ledger.Ledgers;
import dev.stretto.metrics.Telemetry;
import dev.stretto.outbox.ChannelGates.Gate;
import dev.stretto.run.ChannelOpener;
import dev.stretto.run.ChannelRun;
import dev.stretto.run.DatabaseStop;
import dev.stretto.run.Following;
import dev.stretto.run.OpenChannel;
import dev.stretto.run.RunOptions;
import dev.stretto.transport.InvalidSettingException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;
import org.springframework.batch.core.ExitStatus;
import org.springframework.batch.core.job.JobExecution;
import org.springframework.batch.core.job.JobExecutionException;
import org.springframework.batch.core.job.JobInterruptedException;
import org.springframework.batch.core.job.parameters.JobParameters;
import org.springframework.batch.core.launch.JobOperator;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.batch.core.step.Step;
import org.springframework.batch.core.step.StepExecution;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Runs a channel, in the same way whoever launches: takes the lease, recovers what dead runs left,
 * looks whether there is anything to do and whether the destination asked to be left alone, sends,
 * and does the upkeep. Thread-safe.
 */
public final class RunLauncher {

  private final ChannelOpener opener;
  private final Leases leases;
  private final ChannelRun.Shared shared;
  private final Ledgers ledgers;
  private final Upkeep upkeep;
  private final Batch batch;
  private final Clocks clocks;
  private final DeadRuns deadRuns;

  /** Runs that send. */
  private final AtomicInteger underWay = new AtomicInteger();

  RunLauncher(
      ChannelOpener opener, Leases leases, ChannelRun.Shared shared, Upkeep upkeep, Batch batch) {
    this.opener = opener;
    this.leases = leases;
    this.shared = shared;
    this.ledgers = shared.ledgers();
    this.upkeep = upkeep;
    this.batch = batch;
    this.clocks = shared.clocks();
    this.deadRuns = new DeadRuns(batch, leases, clocks);
  }

  /**
   * What is needed of Spring Batch.
   *
   * @param operator must run jobs on the calling thread
   * @param jdbc to the repository's tables
   * @param telemetry where its observations go
   */
  record Batch(
      JobOperator operator, JobRepository repository, JdbcTemplate jdbc, Telemetry telemetry) {}

  /** What was found before a run: whether it may begin. */
  private sealed interface Found {

    /**
     * There is something to send.
     *
     * @param unfinished the parameters of the last job instance where it was cut short, else null
     */
    record Work(@Nullable JobParameters unfinished) implements Found {}

    record Nothing() implements Found {}

    /** The destination asked for longer than a run would wait. */
    record Closed(Stop stop) implements Found {}
  }

  /**
   * Dispatches what waits in a channel. Blocks until it is done, or stopped and drained. Where
   * nothing waits and no run was cut short, or the destination asked an earlier run for a longer
   * pause than this one may wait, or somebody has paused the channel, it returns at once and leaves
   * no trace in the job repository.
   *
   * @param running is told of the run once there is one
   * @throws SQLException where the lease's database fails
   * @throws JobExecutionException where Spring Batch refuses to launch the job
   */
  public RunResult dispatch(OpenChannel open, RunOptions options, Consumer<ChannelRun> running)
      throws SQLException, JobExecutionException {
    return dispatch(open, options, null, running);
  }

  /**
   * The same, but the run may stay.
   *
   * @param following where it is to stay once everything is sent, and has an execution in any case;
   *     null where it is to end then
   */
  public RunResult dispatch(
      OpenChannel open,
      RunOptions options,
      @Nullable Following following,
      Consumer<ChannelRun> running)
      throws SQLException, JobExecutionException {
    try (var _ = MDC.putCloseable("channel", open.name())) {
      return dispatchNamed(open, options, following, running);
    }
  }

  private RunResult dispatchNamed(
      OpenChannel open,
      RunOptions options,
      @Nullable Following following,
      Consumer<ChannelRun> running)
      throws SQLException, JobExecutionException {
    RunClock clock = new RunClock(clocks.nanos());
    String channel = open.name();
    Lease lease;
    try {
      lease = leases.acquire(channel);
    } catch (ChannelPausedException e) {
      return new RunResult.Paused(
          channel, String.valueOf(e.getMessage()), ledgers.unsettled(channel), clock.elapsed());
    } catch (ChannelHeldException e) {
      return new RunResult.Held(
          channel, String.valueOf(e.getMessage()), ledgers.unsettled(channel), clock.elapsed());
    }
    try {
      return switch (following == null ? look(open, lease, null) : unfinished(lease)) {
        case Found.Nothing() -> {
          upkeep.after(channel, null);
          yield new RunResult.NothingToDo(channel, ledgers.unsettled(channel), clock.elapsed());
        }
        case Found.Closed(Stop stop) ->
            new RunResult.GateClosed(channel, stop, ledgers.unsettled(channel), clock.elapsed());
        case Found.Work(JobParameters unfinished) -> {
          AtomicReference<@Nullable ChannelRun> current = new AtomicReference<>();
          JobExecution execution =
              start(
                  open,
                  lease,
                  DispatchParameters.under(
                      lease.fence(),
                      DispatchParameters.of(channel, instance(lease, unfinished), options)),
                  following,
                  run -> {
                    current.set(run);
                    running.accept(run);
                  });
          yield executed(execution, current.get(), open.name(), clock);
        }
      };
    } finally {
      leases.release(lease);
    }
  }

  /**
   * What an execution came to.
   *
   * @param run null where the execution failed before there was one
   */
  private RunResult executed(
      JobExecution execution, @Nullable ChannelRun run, String channel, RunClock clock) {
    return new RunResult.Executed(
        channel,
        execution.getId(),
        execution.getStatus().name(),
        run == null ? null : run.stopped(),
        execution.getAllFailureExceptions().stream()
            .map(DatabaseStop::line)
            .findFirst()
            .orElse(null),
        run == null ? Counts.NONE : run.counts(),
        run == null ? 0 : run.resent(),
        ledgers.unsettled(channel),
        clock.elapsed());
  }

  /** Has Spring Batch run a job that carries what this launch has prepared. */
  private JobExecution start(
      OpenChannel open,
      Lease lease,
      JobParameters parameters,
      @Nullable Following following,
      Consumer<ChannelRun> running)
      throws JobExecutionException {
    DispatchJob job =
        new DispatchJob(
            (execution, steps) ->
                send(new Sending(open, lease, following), execution, steps, running),
            batch.repository(),
            clocks,
            batch::telemetry);
    return batch.operator().start(job, parameters);
  }

  /**
   * What tells the job instance from the channel's others: that of a run that was cut short, to
   * restart it. One that some other launcher made has none, and is left for that to restart.
   */
  private String instance(Lease lease, @Nullable JobParameters unfinished) {
    return Objects.requireNonNullElseGet(
        unfinished == null ? null : unfinished.getString(DispatchParameters.LAUNCH),
        () -> clocks.clock().instant() + "/" + lease.fence());
  }

  /** Does the same in an execution that some other launcher has made. */
  void execute(JobExecution execution, DispatchJob.StepRunner steps)
      throws JobInterruptedException {
    execute(execution, steps, run -> {});
  }

  /**
   * Does the same in an execution that some other launcher has made. Where there is nothing to
   * send, the execution's exit status says so.
   *
   * @param running is told of the run once there is one
   */
  void execute(JobExecution execution, DispatchJob.StepRunner steps, Consumer<ChannelRun> running)
      throws JobInterruptedException {
    String channel = DispatchParameters.channel(execution.getJobParameters());
    try (var _ = MDC.putCloseable("channel", channel)) {
      executeNamed(execution, steps, running);
    }
  }

  private void executeNamed(
      JobExecution execution, DispatchJob.StepRunner steps, Consumer<ChannelRun> running)
      throws JobInterruptedException {
    JobParameters parameters = execution.getJobParameters();
    try (OpenChannel open =
        opener.open(
            DispatchParameters.channel(parameters), DispatchParameters.options(parameters))) {
      Lease lease = leases.acquire(open.name());
      try {
        if (deadRuns.tookForDead(execution)) {
          return;
        }
        switch (look(open, lease, execution)) {
          case Found.Nothing() -> {
            upkeep.after(open.name(), null);
            steps.run(unsent(ExitStatuses.nothingWaited(), false));
          }
          case Found.Closed(Stop stop) -> steps.run(unsent(ExitStatuses.unavailable(stop), true));
          case Found.Work(JobParameters _) ->
              send(new Sending(open, lease, null), execution, steps, running);
        }
      } finally {
        leases.release(lease);
      }
    } catch (ChannelPausedException e) {
      refused(execution, steps, ExitStatuses.paused(e.getMessage()));
    } catch (ChannelHeldException e) {
      refused(execution, steps, ExitStatuses.held(e));
    } catch (InvalidSettingException e) {
      steps.run(
          new FailingStep(String.valueOf(e.getMessage()).replaceFirst("^--", "job parameter "), e));
    } catch (SQLException | RuntimeException e) {
      steps.run(new FailingStep(DatabaseStop.line(e), e));
    }
  }

  /** Records why there was no lease; whoever has it leaves the execution alone, as a young one. */
  private void refused(JobExecution execution, DispatchJob.StepRunner steps, ExitStatus why)
      throws JobInterruptedException {
    if (!deadRuns.tookForDead(execution)) {
      steps.run(unsent(why, true));
    }
  }

  private UnsentStep unsent(ExitStatus status, boolean stopped) {
    return new UnsentStep(DispatchJob.NAME, batch.repository(), status, stopped);
  }

  private Found look(OpenChannel open, Lease lease, @Nullable JobExecution own)
      throws SQLException {
    String channel = open.name();
    JobParameters unfinished = deadRuns.recover(lease, own);
    if (unfinished == null && !ledgers.anyWaiting(channel, open.settings().dispatch().ordering())) {
      return new Found.Nothing();
    }
    Stop closed = closed(open);
    if (closed != null) {
      // Nothing else runs until the pause is over, which may be a day.
      ledgers.tellStanding(lease, open.settings().dispatch(), clocks.clock().instant());
    }
    return closed == null ? new Found.Work(unfinished) : new Found.Closed(closed);
  }

  /** Why no call may be made, where the destination asked for longer than a run would wait. */
  private @Nullable Stop closed(OpenChannel open) {
    Gate gate = ledgers.gate(open.name());
    if (gate == null) {
      return null;
    }
    Duration remaining = Duration.between(clocks.clock().instant(), gate.closedUntil());
    Duration patience = open.settings().dispatch().unavailable().patience();
    return remaining.compareTo(patience) <= 0
        ? null
        : new Stop(Reason.UNAVAILABLE, gate.reason(), remaining);
  }

  /** What a run stays for has no end that could be looked for. */
  private Found unfinished(Lease lease) throws SQLException {
    return new Found.Work(deadRuns.recover(lease, null));
  }

  /** What is sent, by which right, and whether the run stays. */
  private record Sending(OpenChannel open, Lease lease, @Nullable Following following) {}

  /** Runs the step that sends, and then does the upkeep. */
  private void send(
      Sending sending,
      JobExecution execution,
      DispatchJob.StepRunner steps,
      Consumer<ChannelRun> running)
      throws JobInterruptedException {
    OpenChannel open = sending.open();
    Lease lease = sending.lease();
    try {
      leases.noteRun(lease, execution.getId());
    } catch (SQLException e) {
      steps.run(new FailingStep(DatabaseStop.line(e), e));
      return;
    }
    RunOptions options = DispatchParameters.options(execution.getJobParameters());
    underWay.incrementAndGet();
    try (var _ = MDC.putCloseable("run", String.valueOf(execution.getId()))) {
      ChannelRun run = new ChannelRun(shared, lease, open, options, sending.following());
      running.accept(run);
      steps.run(new OverlappingStep(DispatchJob.NAME, run, batch.repository(), underWay::get));
      upkeep.after(open.name(), run.stopped());
    } finally {
      underWay.decrementAndGet();
    }
  }

  /**
   * The channels that somebody holds now.
   *
   * @throws SQLException where the database fails
   */
  public Set<String> held() throws SQLException {
    return leases.holders().keySet();
  }

  /** How many messages of a channel wait to be sent; reads as many index entries. */
  public long waiting(String channel) {
    return ledgers.unsettled(channel);
  }

  /** Has an execution that can't begin end as failed, the way Spring Batch records it. */
  private record FailingStep(String why, Exception cause) implements Step {

    @Override
    public String getName() {
      return DispatchJob.NAME;
    }

    @Override
    public void execute(StepExecution execution) {
      throw new IllegalStateException(why, cause);
    }
  }

  /** How long a launch takes. */
  private record RunClock(LongSupplier nanos, long begin) {
    RunClock(LongSupplier nanos) {
      this(nanos, nanos.getAsLong());
    }

    Duration elapsed() {
      return Duration.ofNanos(nanos.getAsLong() - begin);
    }
  }
}
