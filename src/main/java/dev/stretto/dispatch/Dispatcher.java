package dev.stretto.dispatch;

import dev.stretto.dispatch.Stop.Reason;
import dev.stretto.message.ClosedKey;
import dev.stretto.message.Message;
import dev.stretto.message.Settlement;
import dev.stretto.transport.Call;
import dev.stretto.transport.Outcome;
import dev.stretto.transport.Transport;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Starts the calls of one channel in order and lets them overlap.
 *
 * <p>Messages are offered in the order they shall start in, picked and claimed by whoever records
 * them, started by this class's own thread, and recorded. Whoever offers, awaits and records may be
 * any thread; no method but those that say so blocks for longer than a lock that is never held
 * across a call.
 *
 * <p>The order costs this: a call is started only once the transport has said that the one before
 * it has left. {@code DispatcherTest} and the transports' own tests fail where that is given up.
 */
public final class Dispatcher implements Turn.Source, AutoCloseable {

  private final DispatchSettings settings;
  private final Passage passage;
  private final BooleanSupplier leaseLive;
  private final Clocks clocks;
  private final long origin;
  private final Runnable claimable;
  private final Thread thread;
  private final Guard guard = new Guard();

  /** Something may start: waited for by the dispatching thread only. */
  private final Condition startable = guard.newCondition();

  /** More should be offered: waited for by whoever offers. */
  private final Condition room = guard.newCondition();

  /** Something was recorded, nothing is under way any more, or it was stopped. */
  private final Condition quieter = guard.newCondition();

  private final DispatchState state;

  /**
   * Readies a dispatcher; nothing starts yet.
   *
   * @param starter makes the thread that starts calls
   * @param leaseLive asked before every start; must be cheap
   * @param claimable told, from any thread, that {@link #turn} may have something; must be cheap
   */
  public Dispatcher(
      Thread.Builder starter,
      DispatchSettings settings,
      Passage passage,
      BooleanSupplier leaseLive,
      Runnable claimable,
      Clocks clocks) {
    this.settings = settings;
    this.passage = passage;
    this.leaseLive = leaseLive;
    this.claimable = claimable;
    this.clocks = clocks;
    this.origin = clocks.nanos().getAsLong();
    this.state = new DispatchState(settings, clocks);
    this.thread = starter.unstarted(this::run);
  }

  /**
   * What calls go through, and the token they carry.
   *
   * @param fence the fencing token of the run
   */
  public record Passage(Transport transport, long fence) {}

  /**
   * Has nothing start for a while, because the destination asked an earlier run for it; to be
   * called before {@link #start}.
   *
   * @param remaining how much longer, more than 0
   * @param reason what the destination said
   */
  public void closeGate(Duration remaining, String reason) {
    guard.alone(() -> state.closeGate(now(), remaining, reason));
  }

  /**
   * Has the messages of keys wait, because the destination asked an earlier run for it or that has
   * just called them; to be called before {@link #start}.
   *
   * @param keys those whose time has passed are let be
   */
  public void closeKeys(List<ClosedKey> keys) {
    guard.alone(() -> {
      Instant time = clocks.clock().instant();
      for (ClosedKey closed : keys) {
        Duration remaining = Duration.between(time, closed.until());
        if (remaining.isPositive()) {
          state.closeKey(now(), closed.key(), remaining);
        }
      }
    });
  }

  /** Which keys a run that follows must not call yet. */
  public List<ClosedKey> closedKeys() {
    return guard.locked(() -> state.closedKeys(now()));
  }

  /** Starts the dispatching thread. */
  public void start() {
    thread.start();
  }

  /**
   * Blocks until there is room to {@link #offer} a message at once, or the dispatcher has stopped.
   *
   * @param atMost more than 0
   * @return false where the time was over before
   */
  public boolean awaitRoom(Duration atMost) {
    return guard.locked(() -> {
      long left = atMost.toNanos();
      while (state.stopped() == null && state.full() && left > 0) {
        left = await(room, left);
      }
      return state.stopped() != null || !state.full();
    });
  }

  /**
   * Lines a message up behind all those offered before. Blocks while as many as the window wait to
   * be claimed.
   *
   * @return the message on its way; already at its end where the dispatcher has stopped
   */
  public Task offer(Message message) {
    return guard.locked(() -> {
      while (state.stopped() == null && state.full()) {
        await(room, Long.MAX_VALUE);
      }
      Task task = state.offer(message, now());
      if (state.stopped() != null) {
        wakeAll();
      }
      if (state.pickable()) {
        claimable.run();
      }
      if (state.opensSooner()) {
        startable.signal();
      }
      return task;
    });
  }

  @Override
  public Turn turn(List<Task> ended) {
    return guard.locked(() -> {
      Turn turn = state.turn(ended);
      if (state.wantsMore()) {
        room.signalAll();
      }
      return turn;
    });
  }

  @Override
  public void committed(Turn turn) {
    guard.alone(() -> {
      state.committed(turn, now());
      quieter.signalAll();
      wakeStarter();
      if (state.stopped() != null || !turn.released().isEmpty()) {
        wakeAll();
      }
    });
  }

  /**
   * Has it decided about messages that failed, where everything else is settled; see {@link
   * #awaitIdle}. Where it can't be said whether they or the destination are to blame, that stops
   * the dispatcher.
   *
   * @return whether some were set aside, so that others may follow
   */
  public boolean conclude() {
    return guard.locked(() -> {
      boolean concluded = state.idle() && state.conclude(now());
      wakeAll();
      return concluded;
    });
  }

  /** Stops where nothing can be started but what waits for keys for longer than the run may. */
  public void endWhereKeysWait() {
    guard.alone(() -> {
      state.endWhereKeysWait(now());
      wakeAll();
    });
  }

  /** Why nothing is started now; null while calls start. */
  public @Nullable Standstill standstill() {
    return guard.locked(() -> state.standstill(now()));
  }

  /**
   * Takes those that were offered and shall not start before someone has decided about the message
   * ahead of them. In its outcome's settlement, {@link Settlement#blocksKey()} says so.
   */
  public List<Task> takeHeldBack() {
    return guard.locked(state::takeHeldBack);
  }

  /** The messages of that key are no longer held back when they are offered. */
  public void unblock(String key) {
    guard.alone(() -> state.unblock(key));
  }

  /**
   * Starts nothing more. What was claimed and is not under way goes back in line; calls under way
   * go on. Where nothing may be recorded any more, everything ends at once without a settlement.
   * Only the first stop counts.
   */
  public void stop(Stop reason) {
    guard.alone(() -> {
      state.stop(reason, now());
      wakeAll();
    });
  }

  /** Why nothing more is started, or null while it goes on. */
  public @Nullable Stop stopped() {
    return guard.locked(state::stopped);
  }

  /**
   * Blocks until no call is under way; those that still are after the drain's bound end without a
   * settlement.
   */
  public void drain() {
    guard.alone(() -> {
      long left = settings.drain().toNanos();
      while (!state.quiet() && left > 0) {
        left = await(quieter, left);
      }
      state.abandon();
    });
  }

  /**
   * Blocks until everything offered was recorded or withdrawn, or waits for a decision about a
   * message that failed, the dispatcher has stopped, or the time is over.
   *
   * @param atMost more than 0
   * @param sooner ends the wait too; asked whenever something was recorded
   * @return whether nothing else is left
   */
  public boolean awaitIdle(Duration atMost, BooleanSupplier sooner) {
    return guard.locked(() -> {
      long left = atMost.toNanos();
      while (state.stopped() == null && !state.idle() && !sooner.getAsBoolean() && left > 0) {
        left = await(quieter, left);
      }
      return state.idle();
    });
  }

  /**
   * Blocks until {@link #tell} was called and there are news, the dispatcher has stopped, or the
   * time is over.
   *
   * @param atMost nanoseconds, more than 0
   * @param news asked at first, and whenever it was told
   */
  public void awaitNews(long atMost, BooleanSupplier news) {
    guard.alone(() -> {
      long left = atMost;
      while (state.stopped() == null && !news.getAsBoolean() && left > 0) {
        left = await(quieter, left);
      }
    });
  }

  /** Has whoever waits in {@link #awaitNews} or {@link #awaitIdle} look whether there are news. */
  public void tell() {
    guard.alone(quieter::signalAll);
  }

  /** What was done so far. */
  public Counts counts() {
    return guard.locked(state::counts);
  }

  /** Stops; the transport is the caller's to close. */
  @Override
  public void close() {
    stop(new Stop(Reason.ASKED, "the run is over", null));
  }

  private void run() {
    try {
      for (Attempt attempt = awaitNext(); attempt != null; attempt = awaitNext()) {
        // INVARIANT (start order): this thread alone starts calls, always the first in line, and
        // looks for the next only after the transport said that this one has left. Nothing between
        // here and the wire may reorder.
        start(attempt);
        attempt.awaitLeft();
      }
    } catch (RuntimeException | Error e) {
      // What is under way can still end and be recorded.
      stop(new Stop(Reason.FAILED, "the dispatching thread failed: " + e, null));
    }
  }

  /** What goes wrong with one call is that call's outcome, whatever it is. */
  private void start(Attempt attempt) {
    try {
      passage.transport().start(attempt.call(), attempt);
    } catch (RuntimeException e) {
      attempt.finished(
          new Outcome.RetryLater(Outcome.Fault.UNKNOWN, "the transport failed: " + e, null));
    }
  }

  /** Blocks until a call may start; null once nothing more shall. */
  private @Nullable Attempt awaitNext() {
    return guard.locked(() -> {
      while (state.stopped() == null) {
        long now = now();
        Task next = state.next(now, passage.transport().capacity());
        wakeRecorder();
        if (next == null) {
          long wakeAt = state.wakeAt();
          if (state.stopped() == null) {
            await(startable, wakeAt == Long.MAX_VALUE ? Long.MAX_VALUE : wakeAt - now);
          }
        } else if (leaseLive.getAsBoolean()) {
          state.begin(next, now);
          Call call = new Call(next.message(), next.attempts, passage.fence());
          return new Attempt(call, thread, outcome -> finished(next, outcome));
        } else {
          stop(new Stop(Reason.LEASE_LOST, "the lease ran out", null));
        }
      }
      wakeAll();
      return null;
    });
  }

  private void finished(Task task, Outcome outcome) {
    guard.alone(() -> {
      state.finished(task, outcome, now());
      if (state.quiet()) {
        quieter.signalAll();
      }
      wakeStarter();
      wakeRecorder();
    });
  }

  /** Most calls end while nothing waits to start: a thread woken for each would take a core. */
  private void wakeStarter() {
    if (state.mayStart()) {
      startable.signal();
    }
  }

  private void wakeRecorder() {
    if (state.turnDue()) {
      claimable.run();
    }
  }

  /** After a stop, whichever thread made it. */
  private void wakeAll() {
    startable.signalAll();
    room.signalAll();
    quieter.signalAll();
  }

  private long now() {
    return clocks.nanos().getAsLong() - origin;
  }

  /**
   * Waits once; the loops are with the callers. Being interrupted means to stop. The flag is
   * cleared, for a thread that carries it into a database's file access closes the file.
   */
  @SuppressWarnings("WaitNotInLoop")
  private long await(Condition condition, long nanos) {
    try {
      return condition.awaitNanos(nanos);
    } catch (InterruptedException e) {
      stop(new Stop(Reason.ASKED, "the run's thread was interrupted", null));
      return nanos;
    }
  }

  /** A lock, and what is done while it is held. */
  private static final class Guard {

    private final ReentrantLock lock = new ReentrantLock();

    /** What can be waited for while the lock is held, which it is not during the wait. */
    Condition newCondition() {
      return lock.newCondition();
    }

    void alone(Runnable change) {
      lock.lock();
      try {
        change.run();
      } finally {
        lock.unlock();
      }
    }

    <T extends @Nullable Object> T locked(Supplier<T> action) {
      lock.lock();
      try {
        return action.get();
      } finally {
        lock.unlock();
      }
    }
  }
}
