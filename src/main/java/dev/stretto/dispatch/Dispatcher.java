package dev.stretto.dispatch;

import dev.stretto.dispatch.DispatchSettings.OnUnknown;
import dev.stretto.dispatch.Stop.Reason;
import dev.stretto.outbox.Message;
import dev.stretto.outbox.Settlement;
import dev.stretto.outbox.Status;
import dev.stretto.transport.Call;
import dev.stretto.transport.Outcome;
import dev.stretto.transport.Outcome.Delivered;
import dev.stretto.transport.Outcome.Rejected;
import dev.stretto.transport.Outcome.RetryLater;
import dev.stretto.transport.Transport;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Starts the calls of one channel in order and lets them overlap.
 *
 * <p>Messages are offered in the order they shall start in, picked and claimed by whoever records
 * them, started by this class's own thread, and recorded. Whoever offers, awaits and records may be
 * any thread; no method but those that say so blocks for longer than a lock that is never held
 * across a call.
 */
public final class Dispatcher implements AutoCloseable {

  private final DispatchSettings settings;
  private final Transport transport;
  private final long fence;
  private final BooleanSupplier leaseLive;
  private final Times times;
  private final long origin;
  private final Runnable claimable;
  private final Thread thread;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Condition quieter = lock.newCondition();
  private final Lineup lineup;
  private final StartGate gate;
  private final Pace pace;
  private final Backoff backoff;
  private final Tally tally = new Tally();
  private final Set<Flight> underWay = new HashSet<>();
  private @Nullable Stop stop;

  /**
   * @param channel names the thread
   * @param leaseLive asked before every start; must be cheap
   * @param claimable told, from any thread, that {@link #pick} may have something; must be cheap
   */
  public Dispatcher(
      String channel,
      DispatchSettings settings,
      Passage passage,
      BooleanSupplier leaseLive,
      Runnable claimable,
      Times times) {
    this.settings = settings;
    this.transport = passage.transport();
    this.fence = passage.fence();
    this.leaseLive = leaseLive;
    this.claimable = claimable;
    this.times = times;
    this.origin = times.nanos().getAsLong();
    this.lineup = new Lineup(settings);
    this.gate = new StartGate(settings.unavailable());
    this.pace = new Pace(settings.rate());
    this.backoff = new Backoff(settings.retry(), times.random());
    this.thread = Thread.ofPlatform().name("dispatch-" + channel).daemon().unstarted(this::run);
  }

  /**
   * What calls go through, and the token they carry.
   *
   * @param fence the fencing token of the run
   */
  public record Passage(Transport transport, long fence) {}

  /** Starts the dispatching thread. */
  public void start() {
    thread.start();
  }

  /**
   * Lines a message up behind all those offered before. Blocks while as many as the window wait to
   * be claimed.
   *
   * @return the message on its way; already at its end where the dispatcher has stopped
   */
  public Flight offer(Message message) {
    lock.lock();
    try {
      while (stop == null && lineup.offered() >= settings.window()) {
        await(quieter, Long.MAX_VALUE);
      }
      Flight flight = lineup.offer(message);
      if (stop != null) {
        lineup.withdrawOffered().forEach(f -> f.end(null));
      } else if (lineup.pickable(0)) {
        claimable.run();
      }
      return flight;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Takes the messages to claim now, in order. Those picked before must have been told {@link
   * #claimed} by then.
   *
   * @param settling how many of the claimed ones will be recorded in the same transaction, 0 or
   *     more; as many may be picked beyond the window
   */
  public List<Flight> pick(int settling) {
    lock.lock();
    try {
      List<Flight> picked = stop == null ? lineup.pick(settling) : List.of();
      if (!picked.isEmpty()) {
        quieter.signalAll();
      }
      return picked;
    } finally {
      lock.unlock();
    }
  }

  /** The claims of these are durable: they may start. */
  public void claimed(List<Flight> flights) {
    lock.lock();
    try {
      if (stop == null) {
        lineup.claimed(flights);
        changed.signal();
      } else {
        flights.forEach(flight -> withdraw(flight, stop));
      }
    } finally {
      lock.unlock();
    }
  }

  /** These were not claimed after all, because they are no longer waiting in the outbox. */
  public void unclaimed(List<Flight> flights) {
    flights.forEach(flight -> flight.end(null));
    recorded(flights);
  }

  /** What became of these is durable. */
  public void recorded(List<Flight> flights) {
    lock.lock();
    try {
      for (Flight flight : flights) {
        lineup.recorded(flight);
        tally.recorded(flight.settlement());
      }
      quieter.signalAll();
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Starts nothing more. What was claimed and is not under way goes back in line; calls under way
   * go on. Where nothing may be recorded any more, everything ends at once without a settlement.
   * Only the first stop counts.
   */
  public void stop(Stop reason) {
    lock.lock();
    try {
      if (stop == null) {
        stop = reason;
        lineup.withdrawOffered().forEach(flight -> flight.end(null));
        lineup.withdrawClaimed().forEach(flight -> withdraw(flight, reason));
        if (!recordable(reason)) {
          underWay.forEach(flight -> flight.end(null));
        }
        changed.signalAll();
        quieter.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Why nothing more is started, or null while it goes on. */
  public @Nullable Stop stopped() {
    lock.lock();
    try {
      return stop;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Blocks until no call is under way; those that are after the drain's bound end without a
   * settlement.
   */
  public void drain() {
    lock.lock();
    try {
      long left = settings.drain().toNanos();
      while (!underWay.isEmpty() && left > 0) {
        left = await(quieter, left);
      }
      underWay.forEach(flight -> flight.end(null));
    } finally {
      lock.unlock();
    }
  }

  /**
   * Blocks until everything offered was recorded or withdrawn, the dispatcher has stopped, or the
   * time is over.
   *
   * @param atMost more than 0
   * @return whether everything was recorded or withdrawn
   */
  public boolean awaitIdle(Duration atMost) {
    lock.lock();
    try {
      long left = atMost.toNanos();
      while (stop == null && !lineup.idle() && left > 0) {
        left = await(quieter, left);
      }
      return lineup.idle();
    } finally {
      lock.unlock();
    }
  }

  /** What was done so far. */
  public Counts counts() {
    lock.lock();
    try {
      return tally.counts(underWay.size(), gate.closed());
    } finally {
      lock.unlock();
    }
  }

  /** Stops and closes the transport; calls still under way may never report. */
  @Override
  public void close() {
    stop(new Stop(Reason.ASKED, "the run is over", null));
    transport.close();
  }

  private void run() {
    try {
      for (Attempt attempt = awaitNext(); attempt != null; attempt = awaitNext()) {
        // INVARIANT (start order): this thread alone starts calls, always the first in line, and
        // looks for the next
        // only after the transport said that this one has left. Nothing between here and the wire
        // may reorder.
        transport.start(attempt.call, attempt);
        attempt.awaitLeft();
      }
    } catch (RuntimeException | Error e) {
      stop(new Stop(Reason.BROKEN, "the dispatching thread failed: " + e, null));
    }
  }

  /** Blocks until a call may start; null once nothing more shall. */
  private @Nullable Attempt awaitNext() {
    lock.lock();
    try {
      while (stop == null) {
        long now = now();
        if (gate.beyondPatience()) {
          Duration wait = gate.remaining(now);
          stop(new Stop(Reason.UNAVAILABLE, "the destination is unavailable", wait));
          return null;
        }
        Flight first = lineup.next(now);
        long wake = lineup.nextDue();
        if (first != null && underWay.size() < Math.min(transport.capacity(), settings.window())) {
          long allowed = Math.max(gate.opensAt(now), pace.allowsAt(now));
          if (allowed <= now) {
            return begin(first, now);
          }
          wake = Math.min(wake, allowed);
        }
        await(changed, wake == Long.MAX_VALUE ? Long.MAX_VALUE : wake - now);
      }
      return null;
    } finally {
      lock.unlock();
    }
  }

  private @Nullable Attempt begin(Flight flight, long now) {
    if (!leaseLive.getAsBoolean()) {
      stop(new Stop(Reason.LEASE_LOST, "the lease ran out", null));
      return null;
    }
    lineup.started(flight);
    gate.started(flight);
    pace.started(now);
    underWay.add(flight);
    flight.attempts++;
    tally.started(flight, times.clock());
    return new Attempt(flight, new Call(flight.message(), flight.attempts, fence));
  }

  private void finished(Flight flight, Outcome outcome) {
    lock.lock();
    try {
      underWay.remove(flight);
      if (!flight.over()) {
        switch (outcome) {
          case Delivered _ -> {
            gate.answered(flight);
            settle(flight, Status.DELIVERED, null);
          }
          case Rejected rejected -> rejected(flight, rejected);
          case RetryLater later -> retryLater(flight, later);
        }
      }
      changed.signal();
      quieter.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void rejected(Flight flight, Rejected rejected) {
    gate.answered(flight);
    exhausted(flight, rejected.reason());
    if (rejected.switchOff()) {
      stop(new Stop(Reason.SWITCHED_OFF, rejected.reason(), null));
    }
  }

  private void retryLater(Flight flight, RetryLater later) {
    long now = now();
    flight.lastError = later.reason();
    switch (later.fault()) {
      case UNAVAILABLE -> {
        flight.attempts--;
        gate.unavailable(flight, now, later.retryAfter());
        if (stop == null) {
          lineup.putBack(flight);
        } else {
          settle(flight, Status.PENDING, later.reason());
        }
      }
      case UNKNOWN -> {
        gate.unanswered(flight, now);
        if (settings.onUnknown() == OnUnknown.QUARANTINE) {
          settle(flight, Status.PARKED, "outcome unknown: " + later.reason());
        } else {
          failed(flight, later, now);
        }
      }
      case FAILED -> {
        gate.answered(flight);
        failed(flight, later, now);
      }
    }
  }

  private void failed(Flight flight, RetryLater later, long now) {
    if (flight.faults + 1 >= settings.retry().attempts()) {
      exhausted(flight, later.reason());
    } else if (stop != null) {
      settle(flight, Status.PENDING, later.reason());
    } else {
      lineup.again(flight, now + backoff.nanos(flight.faults + 1));
    }
  }

  private void exhausted(Flight flight, String reason) {
    switch (settings.onExhausted()) {
      case PARK, BLOCK_KEY -> settle(flight, Status.PARKED, reason);
      case HOLD -> {
        settle(flight, Status.PENDING, reason);
        stop(
            new Stop(Reason.HELD, "message " + flight.message().messageId() + ": " + reason, null));
      }
    }
  }

  private void settle(Flight flight, Status status, @Nullable String error) {
    flight.end(
        new Settlement(
            flight.message(),
            status,
            flight.attempts,
            error,
            flight.startNumber,
            flight.startedAt));
  }

  private void withdraw(Flight flight, Stop reason) {
    if (recordable(reason)) {
      settle(flight, Status.PENDING, flight.lastError);
    } else {
      flight.end(null);
    }
  }

  private static boolean recordable(Stop reason) {
    return switch (reason.reason()) {
      case ASKED, TIME_UP, UNAVAILABLE, SWITCHED_OFF, HELD -> true;
      case LEASE_LOST, BROKEN -> false;
    };
  }

  private long now() {
    return times.nanos().getAsLong() - origin;
  }

  /**
   * Waits once; the loops are with the callers. Being interrupted means to stop. The flag is cleared,
   * for a thread that carries it into a database's file access closes the file.
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

  /** One call, and whether it has left. */
  private final class Attempt implements Transport.Progress {

    private final Flight flight;
    private final Call call;
    private volatile boolean left;

    private Attempt(Flight flight, Call call) {
      this.flight = flight;
      this.call = call;
    }

    @Override
    public void handedOver() {
      left = true;
      if (Thread.currentThread() != thread) {
        LockSupport.unpark(thread);
      }
    }

    @Override
    public void finished(Outcome outcome) {
      // The outcome counts before the next start: a refused call has closed the gate by then.
      Dispatcher.this.finished(flight, outcome);
      handedOver();
    }

    private void awaitLeft() {
      while (!left) {
        LockSupport.park(this);
      }
    }
  }
}
