package dev.stretto.dispatch;

import dev.stretto.dispatch.DispatchSettings.Unavailable;
import dev.stretto.transport.Outcome.Fault;
import dev.stretto.transport.Outcome.RetryLater;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A circuit breaker, with the words of a gate: open while calls start, closed for a while because
 * the destination can't be reached or takes nothing, or half open with one call as a probe. Not
 * thread-safe: the dispatcher's lock guards it.
 */
final class StartGate {

  private enum State {
    /** Calls start. */
    OPEN,
    /** No call starts until {@link #until}. */
    CLOSED,
    /** One call is under way to see whether the destination is back. */
    PROBING
  }

  private final Unavailable settings;
  private State state = State.OPEN;
  private @Nullable Task probe;
  private String reason = "";
  private long closedSince;
  private long until;
  private long wait;

  /** Until when the destination asked to be left alone; only meaningful while not open. */
  private long askedUntil = Long.MIN_VALUE;

  StartGate(Unavailable settings) {
    this.settings = settings;
    this.wait = settings.backoff().toNanos();
  }

  /** Begins closed, because an earlier run was asked to wait. */
  void closed(long now, Duration remaining, String why) {
    state = State.CLOSED;
    reason = why;
    closedSince = now;
    until = now + remaining.toNanos();
    askedUntil = until;
  }

  /**
   * When the next call may start: at most {@code now} if at once, {@code Long.MAX_VALUE} while a
   * probe is under way.
   */
  long opensAt(long now) {
    return switch (state) {
      case OPEN -> now;
      case CLOSED -> until;
      case PROBING -> Long.MAX_VALUE;
    };
  }

  /** A call starts; behind a closed gate whose time has come it is the probe. */
  void started(Task task) {
    if (state == State.CLOSED) {
      state = State.PROBING;
      probe = task;
    }
  }

  /** The destination is in doubt, though nothing said that it is unavailable. */
  void doubted(long now, String why) {
    if (state == State.OPEN) {
      closedSince = now;
      close(now, new RetryLater(Fault.FAILED, why, null));
    }
  }

  /** The destination takes calls again; what it asked for before is still kept. */
  void takes(long now) {
    if (askedUntil <= now) {
      open();
    }
  }

  private void open() {
    state = State.OPEN;
    probe = null;
    wait = settings.backoff().toNanos();
  }

  /** The destination answered, whatever it said. Only the probe's answer opens a closed gate. */
  void answered(Task task) {
    if (state == State.PROBING && probe == task) {
      open();
    }
  }

  /** The call showed nothing of the destination: where it was to be the probe, the next one is. */
  void unused(Task task) {
    if (state == State.PROBING && probe == task) {
      state = State.CLOSED;
      probe = null;
    }
  }

  /** No answer came. A probe without an answer closes the gate again. */
  void unanswered(Task task, RetryLater why, long now) {
    if (state == State.PROBING && probe == task) {
      close(now, why);
    }
  }

  /** The destination can't be reached or takes nothing. */
  void unavailable(Task task, RetryLater why, long now) {
    if (state == State.OPEN) {
      closedSince = now;
      close(now, why);
    } else if (state == State.PROBING && probe == task) {
      close(now, why);
    } else if (state == State.CLOSED && why.retryAfter() != null) {
      asked(now, why.retryAfter());
      until = Math.max(until, askedUntil);
    }
  }

  private void close(long now, RetryLater why) {
    state = State.CLOSED;
    probe = null;
    reason = "the destination is unavailable: " + why.reason();
    until = now + wait;
    if (why.retryAfter() != null) {
      asked(now, why.retryAfter());
      until = Math.max(until, askedUntil);
    }
    wait = Math.min(wait * 2, settings.maxBackoff().toNanos());
  }

  private void asked(long now, Duration retryAfter) {
    askedUntil = Math.max(askedUntil, now + believed(retryAfter));
  }

  /** How long to wait where so long was asked for, in nanoseconds; 0 for null. */
  long believed(@Nullable Duration retryAfter) {
    if (retryAfter == null) {
      return 0;
    }
    Duration longest = settings.maxRetryAfter();
    return (retryAfter.compareTo(longest) < 0 ? retryAfter : longest).toNanos();
  }

  /** Why it is closed, for people; empty if it never was. */
  String reason() {
    return reason;
  }

  boolean closed() {
    return state != State.OPEN;
  }

  /** Since when it is closed; only meaningful while it is. */
  long closedSince() {
    return closedSince;
  }

  /** Whether the next probe lies beyond the time that the run may wait. */
  boolean beyondPatience() {
    return state == State.CLOSED && until - closedSince > settings.patience().toNanos();
  }

  /** How much longer the destination asked to be left alone, or null where it asked nothing. */
  @Nullable Duration asked(long now) {
    return state == State.CLOSED && askedUntil > now ? Duration.ofNanos(askedUntil - now) : null;
  }
}
