package dev.stretto.job;

import dev.stretto.dispatch.Counts;
import dev.stretto.dispatch.DispatchSettings;
import dev.stretto.dispatch.Dispatcher;
import dev.stretto.dispatch.Dispatcher.Passage;
import dev.stretto.dispatch.Flight;
import dev.stretto.dispatch.Standstill;
import dev.stretto.dispatch.Stop;
import dev.stretto.dispatch.Stop.Reason;
import dev.stretto.dispatch.Times;
import dev.stretto.lease.Lease;
import dev.stretto.outbox.Message;
import dev.stretto.outbox.OutboxChannels.Gate;
import dev.stretto.outbox.OutboxChannels.Standing;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.LongFunction;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.springframework.batch.infrastructure.item.ExecutionContext;
import org.springframework.batch.infrastructure.item.ItemProcessor;
import org.springframework.batch.infrastructure.item.ItemStream;

/**
 * One execution of the job on one channel: its backlog, its dispatcher and its recorder, put
 * together.
 */
public final class ChannelRun implements ItemStream {

  static final String STARTED = "stretto.started";
  static final String DELIVERED = "stretto.delivered";
  static final String PARKED = "stretto.parked";
  static final String RETRIED = "stretto.retried";
  static final String RESENT = "stretto.resent";

  private static final Duration WHOLE_DAY = Duration.ofDays(1);

  private final Outbox outbox;
  private final DispatchSettings settings;
  private final DispatchOptions options;
  private final Lease lease;
  private final Times times;
  private final Dispatcher dispatcher;
  private final Backlog backlog;
  private final Recorder recorder;
  private int resent;
  private volatile long parkedBefore;
  private boolean open;
  private boolean finished;
  private @Nullable Stop lastStop;

  ChannelRun(Outbox outbox, Launch launch, DispatchOptions options, Times times) {
    this.outbox = outbox;
    this.settings = launch.channel().settings().dispatch();
    this.options = options;
    this.lease = launch.lease();
    this.times = times;
    this.dispatcher =
        new Dispatcher(
            lease.channel(),
            settings,
            new Passage(launch.channel().transport(), lease.fence()),
            lease::live,
            this::claimable,
            times);
    long limit = options.limit() == null ? Long.MAX_VALUE : options.limit();
    this.backlog = backlog(limit, times);
    this.recorder =
        new Recorder(lease, outbox, dispatcher, backlog, settings.onUnknown(), times.nanos());
  }

  private Backlog backlog(long limit, Times times) {
    String channel = lease.channel();
    return switch (settings.ordering()) {
      case START, STRICT ->
          new LineBacklog(channel, outbox.messages(), dispatcher, limit, times.nanos());
      case KEY ->
          new KeyBacklog(
              outbox.messages(),
              dispatcher,
              new KeyLanes(channel, outbox, dispatcher, settings.laneDepth()),
              this::write,
              new KeyBacklog.Limits(channel, limit),
              times.nanos());
    };
  }

  private void claimable() {
    recorder.wake();
  }

  private List<Message> write(List<Message> unpositioned, LongFunction<List<Message>> work) {
    return recorder.write(unpositioned, work);
  }

  /** The channel's name. */
  public String channel() {
    return lease.channel();
  }

  /** What was done so far. */
  public Counts counts() {
    return dispatcher.counts().withParked(parkedBefore);
  }

  /** How many messages that an earlier run had claimed are sent again. */
  public int resent() {
    return resent;
  }

  /** Starts nothing more, lets what is under way end, and then ends the run. Returns at once. */
  public void stop(String why) {
    dispatcher.stop(new Stop(Reason.ASKED, why, null));
  }

  /**
   * Ends the run as far as that is possible while the database does not answer; the lease runs out
   * by itself. Returns at once.
   */
  public void giveUp(String why) {
    lease.renewNoMore();
    dispatcher.stop(new Stop(Reason.DATABASE_UNAVAILABLE, why, null));
  }

  /** Why the run started nothing more; null while it goes on, or where everything was done. */
  public @Nullable Stop stopped() {
    return finished ? lastStop : dispatcher.stopped();
  }

  /** The step failed; where that is because of the database, nothing more is started. */
  void failed(Exception failure) {
    Stop stop = DatabaseStop.of(failure);
    if (stop != null) {
      dispatcher.stop(stop);
    }
  }

  Backlog backlog() {
    return backlog;
  }

  /**
   * Lines each message up, on the step's thread, which fixes the order. Blocks while it is full.
   */
  ItemProcessor<Message, Future<Flight>> processor() {
    return message -> recorder.outcomes().process(dispatcher.offer(message));
  }

  /** A clock that never jumps, in nanoseconds. */
  LongSupplier nanos() {
    return times.nanos();
  }

  /** Takes the channel over from earlier runs and starts the threads. */
  @Override
  public void open(ExecutionContext context) {
    if (open) {
      return;
    }
    open = true;
    TakeOver.Found found = new TakeOver(outbox, lease, settings).takeOver();
    resent = found.resent();
    parkedBefore = found.parked();
    outbox.makeDurable();
    lease.onLost(() -> dispatcher.stop(new Stop(Reason.LEASE_LOST, "the lease was lost", null)));
    lease.onStopAsked(() -> stop("somebody asked it to stop"));
    if (options.time() != null) {
      CompletableFuture.delayedExecutor(options.time().toMillis(), TimeUnit.MILLISECONDS)
          .execute(() -> dispatcher.stop(new Stop(Reason.TIME_UP, "the time is up", null)));
    }
    Gate gate = outbox.channels().gate(lease.channel());
    if (gate != null) {
      Duration remaining = Duration.between(times.clock().instant(), gate.closedUntil());
      if (remaining.isPositive()) {
        dispatcher.closeGate(remaining, gate.reason());
      }
    }
    recorder.start(found.positions(), outbox.channels().stands(lease.channel()));
    dispatcher.start();
  }

  /**
   * Notes for people how far the run is; a restart needs none of it, for the outbox itself knows.
   */
  @Override
  public void update(ExecutionContext context) {
    Counts counts = counts();
    context.putLong(STARTED, counts.started());
    context.putLong(DELIVERED, counts.delivered());
    context.putLong(PARKED, counts.parked());
    context.putLong(RETRIED, counts.retried());
    context.putInt(RESENT, resent);
  }

  /** Blocks until everything that was read is settled or, once stopped, until the drain's bound. */
  void finish() {
    while (dispatcher.stopped() == null
        && (!dispatcher.awaitIdle(WHOLE_DAY, () -> false) || dispatcher.conclude())) {
      // Nothing else ends the wait but a stop.
    }
    if (dispatcher.stopped() != null) {
      dispatcher.drain();
    }
    recorder.close();
    lastStop = dispatcher.stopped();
    if (lastStop != null) {
      noteStandstill(lastStop);
    }
    finished = true;
  }

  /** Keeps for people, and for later runs, why the channel stands still from now on. */
  private void noteStandstill(Stop stop) {
    boolean stands =
        switch (stop.reason()) {
          case UNAVAILABLE, REFUSED, SWITCHED_OFF, HELD -> true;
          case ASKED, TIME_UP, FAILED, LEASE_LOST, DATABASE_UNAVAILABLE, BROKEN -> false;
        };
    if (stands) {
      Instant now = times.clock().instant();
      Standstill standstill = dispatcher.standstill();
      Duration asked = stop.retryAfter();
      Standing standing =
          new Standing(
              asked == null ? null : now.plus(asked),
              standstill == null ? now : standstill.since(),
              standstill == null ? 0 : standstill.calls(),
              stop.text());
      outbox
          .transaction()
          .execute(status -> outbox.channels().closeGate(lease.channel(), lease.fence(), standing));
    }
  }

  /**
   * Ends the threads and the connections. What is still under way stays claimed, for the next run
   * to find.
   */
  @Override
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
  }
}
