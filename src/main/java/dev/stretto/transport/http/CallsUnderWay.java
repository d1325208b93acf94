package dev.stretto.transport.http;

import dev.stretto.transport.Call;
import dev.stretto.transport.ReturnedCalls;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The calls of a channel that are under way, oldest first. Each ends by its own timeout at the
 * latest, on a clock of its own: whatever the client below does with the request.
 *
 * <p>All have the same timeout, so that the oldest is the next one due, and the clock's thread
 * needs to be woken by nobody: with no call there is none due before a whole timeout has passed.
 */
final class CallsUnderWay implements AutoCloseable {

  private final String channel;
  private final long timeout;
  private final boolean overtaking;

  /** Guarded by this. */
  private final Set<HttpCall> calls = new LinkedHashSet<>();

  private final ReturnedCalls returned = new ReturnedCalls();

  private @Nullable Thread clock;
  private volatile boolean closed;

  /**
   * @param overtaking whether a call may overtake one that went back in line, as it may where both
   *     have other keys and only the order of a key counts
   */
  CallsUnderWay(String channel, Duration timeout, boolean overtaking) {
    this.channel = channel;
    this.timeout = timeout.toNanos();
    this.overtaking = overtaking;
  }

  /** The call starts now. */
  synchronized void add(HttpCall call) {
    call.due(System.nanoTime() + timeout);
    calls.add(call);
    if (clock == null && !closed) {
      clock = Thread.ofVirtual().name("http-clock-" + channel).start(this::watch);
    }
  }

  /** A connection says which streams it takes no more. */
  void endUntaken() {
    List<HttpCall> now;
    synchronized (this) {
      now = List.copyOf(calls);
    }
    now.forEach(HttpCall::endIfUntaken);
  }

  /** The call is over. */
  synchronized void remove(HttpCall call) {
    calls.remove(call);
  }

  /** The call goes back in line, and must not be overtaken by one that was chosen before. */
  void untaken(Call call) {
    if (!overtaking) {
      returned.add(call);
    }
  }

  /** Whether the call would overtake one that went back in line; if not, it may start now. */
  boolean overtakes(Call call) {
    return returned.overtakes(call);
  }

  synchronized int count() {
    return calls.size();
  }

  /** Whether one of them may be overtaken by a request on a new connection. */
  synchronized boolean mayBeOvertaken() {
    return calls.stream().anyMatch(call -> !call.arrived());
  }

  private synchronized @Nullable HttpCall oldest() {
    Iterator<HttpCall> first = calls.iterator();
    return first.hasNext() ? first.next() : null;
  }

  private void watch() {
    while (!closed) {
      HttpCall oldest = oldest();
      long left = oldest == null ? timeout : oldest.dueIn(System.nanoTime());
      if (oldest != null && left <= 0) {
        oldest.expire();
      } else {
        LockSupport.parkNanos(this, left);
      }
    }
  }

  /** Ends the clock; calls under way are told nothing more by it. */
  @Override
  public void close() {
    Thread watching;
    synchronized (this) {
      closed = true;
      watching = clock;
    }
    LockSupport.unpark(watching);
  }
}
