package dev.stretto.run;

import dev.stretto.dispatch.Clocks;
import dev.stretto.dispatch.Counts;
import dev.stretto.dispatch.DispatchSettings;
import dev.stretto.dispatch.DispatchSettings.Keys;
import dev.stretto.dispatch.DispatchSettings.Ordering;
import dev.stretto.dispatch.Dispatcher;
import dev.stretto.dispatch.Dispatcher.Passage;
import dev.stretto.dispatch.Standstill;
import dev.stretto.dispatch.Stop;
import dev.stretto.dispatch.Stop.Reason;
import dev.stretto.dispatch.Task;
import dev.stretto.lease.Lease;
import dev.stretto.ledger.ChannelLedger;
import dev.stretto.ledger.KeyLanes;
import dev.stretto.ledger.Ledgers;
import dev.stretto.message.Message;
import dev.stretto.metrics.ChannelMeters;
import dev.stretto.metrics.RunMeters;
import dev.stretto.outbox.ChannelGates.Gate;
import dev.stretto.outbox.ChannelGates.Standing;
import dev.stretto.transport.Transport;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One run of a channel: its backlog, its dispatcher, its ledger and its recorder, put together.
 * Used on the step's thread, but for what is said to be thread-safe.
 */
public final class ChannelRun {

  private final Ledgers ledgers;
  private final PayloadMemory.Share memory;
  private final RunThreads.Share threads;
  private final DispatchSettings settings;
  private final RunOptions options;
  private final Lease lease;
  private final Clocks clocks;
  private final @Nullable ChannelMeters meters;
  private final @Nullable Following following;
  private final Duration patience;
  private final Dispatcher dispatcher;
  private final Watch watch;
  private final ChannelLedger ledger;
  private final Backlog backlog;
  private final Recorder recorder;
  private int resent;
  private volatile long parkedBefore;
  private boolean keysKept;
  private boolean open;
  private boolean finished;
  private @Nullable Stop lastStop;

  /**
   * Readies a run.
   *
   * @param following where it is to stay once everything is sent; null where it is to end then
   */
  public ChannelRun(
      Shared shared,
      Lease lease,
      OpenChannel channel,
      RunOptions options,
      @Nullable Following following) {
    this.ledgers = shared.ledgers();
    this.memory = shared.memory().share();
    this.threads = shared.threads().share();
    DispatchSettings asConfigured = channel.settings().dispatch();
    this.settings = following == null ? asConfigured : asConfigured.patient();
    this.patience = asConfigured.unavailable().patience();
    this.following = following;
    this.options = options;
    this.lease = lease;
    this.clocks = shared.clocks();
    this.meters = shared.meters() == null ? null : shared.meters().of(lease.channel());
    Transport transport = channel.transport();
    this.dispatcher =
        new Dispatcher(
            threads.named("dispatch-" + lease.channel()),
            settings,
            new Passage(meters == null ? transport : meters.measured(transport), lease.fence()),
            lease::live,
            this::wakeRecorder,
            clocks);
    this.watch = following == null ? new OnceThrough(dispatcher) : staying(following);
    long limit = options.limit() == null ? Long.MAX_VALUE : options.limit();
    Parts parts =
        switch (settings.ordering()) {
          case START, STRICT -> inLine(limit);
          case KEY -> inLanes(limit);
        };
    this.ledger = parts.ledger();
    this.recorder = parts.recorder();
    this.backlog = parts.backlog();
  }

  /**
   * What all runs of a process have in common.
   *
   * @param meters null where nothing is measured
   */
  public record Shared(
      Ledgers ledgers,
      PayloadMemory memory,
      RunThreads threads,
      Clocks clocks,
      @Nullable RunMeters meters) {}

  /** What depends on the order that the channel has. */
  private record Parts(ChannelLedger ledger, Recorder recorder, Backlog backlog) {}

  private Watch staying(Following how) {
    return new Staying(
        dispatcher,
        how.arrivals().bell(lease.channel(), settings.ordering(), dispatcher::tell),
        how.place());
  }

  private Parts inLine(long limit) {
    LineBacklog line =
        new LineBacklog(
            lease.channel(), ledgers.messages(), dispatcher, watch, limit, clocks.nanos());
    ChannelLedger rows = ledger(null);
    return new Parts(rows, recorder(rows, line::forget), line);
  }

  private Parts inLanes(long limit) {
    String channel = lease.channel();
    KeyLanes lanes = ledgers.lanes(channel, dispatcher, settings.laneDepth());
    ChannelLedger rows = ledger(lanes);
    Recorder writer = recorder(rows, lanes::forget);
    return new Parts(
        rows,
        writer,
        new KeyBacklog(
            ledgers.messages(),
            dispatcher,
            lanes,
            writer::write,
            watch,
            new KeyBacklog.Limits(channel, limit),
            clocks.nanos()));
  }

  private ChannelLedger ledger(@Nullable KeyLanes lanes) {
    ChannelLedger rows =
        ledgers.of(
            lease, settings, lanes, failure -> dispatcher.stop(DatabaseStop.orBroken(failure)));
    return meters == null ? rows : new MeasuredLedger(rows, meters.commits());
  }

  private Recorder recorder(ChannelLedger rows, Consumer<List<Task>> shown) {
    return new Recorder(
        threads.named("record-" + lease.channel()),
        dispatcher,
        rows,
        shown,
        clocks.nanos(),
        this::tellStanding);
  }

  private long tellStanding() {
    return ledgers.tellStanding(lease, settings, clocks.clock().instant());
  }

  /** The channel's name. Thread-safe. */
  public String channel() {
    return lease.channel();
  }

  /** What was done so far. Thread-safe. */
  public Counts counts() {
    return dispatcher.counts().withParked(parkedBefore);
  }

  /** How many messages that an earlier run had claimed are sent again. */
  public int resent() {
    return resent;
  }

  /**
   * Starts nothing more, lets what is under way end, and then ends the run. Returns at once.
   * Thread-safe.
   */
  public void stop(String why) {
    dispatcher.stop(new Stop(Reason.ASKED, why, null));
  }

  /** Whether it stays once everything is sent. */
  public boolean stays() {
    return following != null;
  }

  /**
   * A run that stays waits for its destination as long as it takes, but ends where that is longer
   * than an ordinary one would wait and other channels wait for its place.
   */
  public void makeWay() {
    if (following == null || !following.place().wanted()) {
      return;
    }
    Standstill standstill = dispatcher.standstill();
    if (standstill != null
        && standstill.since().plus(patience).isBefore(clocks.clock().instant())) {
      dispatcher.stop(new Stop(Reason.UNAVAILABLE, standstill.reason(), null));
    }
  }

  /**
   * Ends the run as far as that is possible while the database does not answer; the lease runs out
   * by itself. Returns at once. Thread-safe.
   *
   * @return why it does not answer, where the lease's own connection was told lately; else what is
   *     passed
   */
  public SQLException giveUp(SQLException unanswered) {
    SQLException told = lease.failure();
    SQLException why = told == null || DatabaseStop.of(told) == null ? unanswered : told;
    lease.renewNoMore();
    dispatcher.stop(DatabaseStop.orBroken(why));
    return why;
  }

  /** Why the run started nothing more; null while it goes on, or where everything was done. */
  public @Nullable Stop stopped() {
    return finished ? lastStop : dispatcher.stopped();
  }

  /** The step failed; where that is because of the database, nothing more is started. */
  public void failed(Exception failure) {
    Stop stop = DatabaseStop.of(failure);
    if (stop != null) {
      dispatcher.stop(stop);
    }
  }

  public Backlog backlog() {
    return backlog;
  }

  /** A monotonic clock, in nanoseconds. */
  public LongSupplier nanos() {
    return clocks.nanos();
  }

  /**
   * Blocks until there is room for a message, in line and in memory, or the run has stopped. What
   * is left when nothing else is under way waits for a decision, and takes no room from others.
   *
   * @return false where the time was over before
   */
  public boolean awaitRoom(Message next, Duration atMost) {
    BooleanSupplier fits = () -> memory.fits(bytes(next));
    return dispatcher.awaitRoom(atMost)
        && (fits.getAsBoolean() || nothingElseLeft(fits) || dispatcher.stopped() != null);
  }

  /** What waits for its key is left too, but has the memory that others would need. */
  private boolean nothingElseLeft(BooleanSupplier fits) {
    boolean idle = dispatcher.awaitIdle(Backlog.LOOK, fits);
    if (idle && !fits.getAsBoolean()) {
      dispatcher.endWhereKeysWait();
    }
    return idle;
  }

  /**
   * Lines a message up behind all those before, which fixes the order of starts, and reads its
   * payload where that was left in the table. Blocks while there is no room in line.
   *
   * @return the message on its way, to be given to {@link #over} at its end
   */
  public Task lineUp(Message message) {
    Message whole = ledgers.messages().whole(List.of(message)).getFirst();
    memory.take(bytes(whole));
    return dispatcher.offer(whole);
  }

  /** The message has come to its end: no call follows. Thread-safe. */
  public void over(Task task) {
    memory.giveBack(bytes(task.message()));
  }

  private static long bytes(Message message) {
    return Math.max(message.payloadBytes(), message.payload().length());
  }

  /** Records what has ended, on the recorder's thread. Blocks until that is durable. */
  public void record(List<Task> ended) {
    recorder.record(ended);
  }

  /** Tells that something may have ended. Thread-safe. */
  public void wakeRecorder() {
    recorder.wake();
  }

  /** How many messages this run has recorded the end of. Thread-safe. */
  public long recorded() {
    return recorder.recorded();
  }

  /** How many transactions this run has committed. Thread-safe. */
  public long commits() {
    return recorder.commits();
  }

  /** Takes the channel over from earlier runs and starts the threads. */
  public void open(Recorder.Ended ended) {
    open = true;
    ChannelLedger.Found found = ledger.open();
    resent = found.resent();
    parkedBefore = found.parked();
    if (meters != null) {
      meters.begin(settings.window(), this::counts);
    }
    lease.onLost(() -> dispatcher.stop(new Stop(Reason.LEASE_LOST, "the lease was lost", null)));
    lease.onStopAsked(() -> stop("somebody asked it to stop"));
    lease.onPaused(pause -> dispatcher.stop(new Stop(Reason.PAUSED, pause.text(), null)));
    if (options.time() != null) {
      CompletableFuture.delayedExecutor(options.time().toMillis(), TimeUnit.MILLISECONDS)
          .execute(() -> dispatcher.stop(new Stop(Reason.TIME_UP, "the time is up", null)));
    }
    Gate gate = found.gate();
    if (gate != null) {
      Duration remaining = Duration.between(clocks.clock().instant(), gate.closedUntil());
      if (remaining.isPositive()) {
        dispatcher.closeGate(remaining, gate.reason());
      }
    }
    keysKept = !found.keys().isEmpty();
    if (settings.ordering() == Ordering.KEY) {
      dispatcher.closeKeys(found.keys());
    }
    recorder.start(ended, found.stands());
    dispatcher.start();
  }

  /**
   * Blocks until everything that was read is settled or, once stopped, until the drain's bound.
   *
   * @param meanwhile done about every {@link Backlog#LOOK} until the run has stopped
   */
  public void finish(Runnable meanwhile) {
    while (dispatcher.stopped() == null
        && (!dispatcher.awaitIdle(Backlog.LOOK, () -> false) || dispatcher.conclude())) {
      meanwhile.run();
    }
    if (dispatcher.stopped() != null) {
      dispatcher.drain();
    }
    recorder.close();
    lastStop = dispatcher.stopped();
    if (lastStop != null) {
      noteStandstill(lastStop);
    }
    keepKeys(lastStop);
    finished = true;
  }

  private void keepKeys(@Nullable Stop stop) {
    boolean recordable = stop == null || stop.reason().recordable();
    if (recordable && (keysKept || !settings.keys().equals(Keys.NONE))) {
      ledgers.keep(lease, dispatcher.closedKeys(), clocks.clock().instant());
    }
  }

  /** Keeps for people, and for later runs, why the channel stands still from now on. */
  private void noteStandstill(Stop stop) {
    if (stop.reason().standstill()) {
      Instant now = clocks.clock().instant();
      Standstill standstill = dispatcher.standstill();
      Duration asked = stop.retryAfter();
      ledgers.keep(
          lease,
          new Standing(
              asked == null ? null : now.plus(asked),
              standstill == null ? now : standstill.since(),
              standstill == null ? 0 : standstill.calls(),
              stop.text()));
      tellStanding();
    }
  }

  /**
   * Ends the threads and the connections. What is still under way stays claimed, for the next run
   * to find.
   */
  public void close() {
    if (open) {
      if (!finished) {
        // What follows stops the dispatcher too, and is not why the run ended.
        lastStop = dispatcher.stopped();
        finished = true;
      }
      dispatcher.close();
      dispatcher.drain();
      recorder.close();
    }
    watch.close();
    if (meters != null) {
      meters.end();
    }
    memory.close();
    threads.close();
  }
}
