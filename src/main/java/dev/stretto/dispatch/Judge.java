package dev.stretto.dispatch;

import dev.stretto.dispatch.DispatchSettings.OnUnknown;
import dev.stretto.dispatch.DispatchState.Moment;
import dev.stretto.dispatch.Stop.Reason;
import dev.stretto.dispatch.Streak.Verdict;
import dev.stretto.transport.Outcome;
import dev.stretto.transport.Outcome.Apart;
import dev.stretto.transport.Outcome.Delivered;
import dev.stretto.transport.Outcome.Fault;
import dev.stretto.transport.Outcome.Rejected;
import dev.stretto.transport.Outcome.RetryLater;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What each outcome leads to, and whose fault a failure is. Not thread-safe: the dispatcher's lock
 * guards it. Methods that return a {@link Stop} return why nothing more shall start, or null where
 * the run goes on.
 *
 * <p>INVARIANT (whose fault): while the {@link Streak} says that it is the destination, nothing
 * counts against any message. Calls that close their keys are part of the streak as any other, so
 * that a destination which asks every key to wait closes the channel's gate. Of several
 * destinations, one closes no more than the keys of its messages, however often it is called.
 */
final class Judge {

  private final boolean quarantine;
  private final int mostUntaken;
  private final int attempts;
  private final StartQueue queue;
  private final Lanes lanes;
  private final StartGate gate;
  private final KeyGates keys;
  private final Streak streak;
  private final Suspects suspects;

  /** Calls since the last delivery with which the destination did nothing, by its own word. */
  private int untaken;

  Judge(
      DispatchSettings settings,
      StartQueue queue,
      Lanes lanes,
      StartGate gate,
      KeyGates keys,
      Streak streak,
      Suspects suspects) {
    this.quarantine = settings.onUnknown() == OnUnknown.QUARANTINE;
    this.mostUntaken = 2 * settings.window() + Math.max(1, settings.unavailable().after());
    this.attempts = settings.retry().attempts();
    this.queue = queue;
    this.lanes = lanes;
    this.gate = gate;
    this.keys = keys;
    this.streak = streak;
    this.suspects = suspects;
  }

  /** A call has ended, and is no longer under way. */
  @Nullable Stop finished(Task task, Outcome outcome, Moment now) {
    return switch (outcome) {
      case Apart(String destination, Outcome own) -> {
        task.destination = destination;
        yield finished(task, own, now);
      }
      case Delivered _ -> {
        delivered(task, now);
        yield null;
      }
      case Rejected rejected -> rejected(task, rejected, now);
      case RetryLater later -> retryLater(task, later, now);
    };
  }

  private void delivered(Task task, Moment now) {
    untaken = 0;
    boolean doubted = streak.verdict() != Verdict.NONE;
    if (streak.delivered(task) && doubted) {
      gate.takes(now.nanos());
    }
    gate.answered(task);
    task.end(task.delivered());
    suspects.parkShown();
  }

  private @Nullable Stop rejected(Task task, Rejected rejected, Moment now) {
    return switch (rejected.refused()) {
      case CHANNEL -> {
        task.lastError = rejected.reason();
        suspects.switchedOff(task);
        yield new Stop(Reason.SWITCHED_OFF, rejected.reason(), null);
      }
      case CREDENTIALS -> {
        // Another message would be sent with the same.
        task.attempts--;
        task.lastError = rejected.reason();
        gate.unused(task);
        task.end(task.pending());
        yield new Stop(Reason.REFUSED, rejected.reason() + "; mend the credentials", null);
      }
      case UNSENDABLE -> {
        // The destination has no part in it.
        task.attempts--;
        task.lastError = rejected.reason();
        gate.unused(task);
        lanes.park(task);
        yield null;
      }
      case MESSAGE, SENDER -> {
        RetryLater answer = new RetryLater(Fault.FAILED, rejected.reason(), null);
        if (!counts(task, answer, true, now)) {
          yield null;
        }
        gate.answered(task);
        queue.failed(task);
        task.refused = rejected.refused();
        yield suspects.exhausted(task, now.stopped());
      }
    };
  }

  private @Nullable Stop retryLater(Task task, RetryLater later, Moment now) {
    return switch (later.fault()) {
      case UNTAKEN, UNREADY -> untaken(task, later, now);
      case UNAVAILABLE -> unavailable(task, later, now);
      case UNKNOWN -> {
        if (quarantine) {
          // It may have arrived, and is never sent again, whoever is to blame.
          streak.add(task, later.reason(), false, now.nanos());
          gate.unanswered(task, later, now.nanos());
          task.lastError = "outcome unknown: " + later.reason();
          lanes.park(task);
          yield null;
        }
        if (!counts(task, later, false, now)) {
          yield null;
        }
        gate.unanswered(task, later, now.nanos());
        yield failed(task, null, now);
      }
      case FAILED -> {
        if (!counts(task, later, false, now)) {
          yield null;
        }
        gate.answered(task);
        yield failed(task, later.retryAfter(), now);
      }
    };
  }

  /**
   * A destination that takes nothing again and again would otherwise be called without a pause. As
   * many as the window are untaken where a connection ends in good order.
   */
  private @Nullable Stop untaken(Task task, RetryLater later, Moment now) {
    untaken++;
    if (untaken > mostUntaken) {
      return unavailable(task, new RetryLater(Fault.UNAVAILABLE, later.reason(), null), now);
    }
    task.lastError = later.reason();
    if (later.fault() == Fault.UNREADY) {
      gate.unused(task);
    } else {
      gate.unanswered(task, later, now.nanos());
    }
    uncounted(task, now);
    return null;
  }

  private @Nullable Stop unavailable(Task task, RetryLater later, Moment now) {
    if (!counts(task, later, false, now)) {
      return null;
    }
    if (task.destination != null) {
      return oneUnavailable(task, later, now);
    }
    if (keys.closes(task, later)) {
      gate.answered(task);
      closeKey(task, later, now);
    } else {
      gate.unavailable(task, later, now.nanos());
    }
    uncounted(task, now);
    return null;
  }

  /**
   * One of several destinations is unavailable, to which the messages of the key go: they wait for
   * it as a channel does for its only one, but not for ever, since nobody mends it for them. What
   * has no key can only be tried again, as often as any message that fails.
   */
  private @Nullable Stop oneUnavailable(Task task, RetryLater later, Moment now) {
    gate.answered(task);
    if (!keys.closes(task, later)) {
      return failed(task, later.retryAfter(), now);
    }
    if (suspects.waitedTooLong(task)) {
      queue.failed(task);
      task.faults++;
      return suspects.exhausted(task, now.stopped());
    }
    closeKey(task, later, now);
    uncounted(task, now);
    return null;
  }

  private void closeKey(Task task, RetryLater later, Moment now) {
    keys.close(task, gate.believed(later.retryAfter()), now.nanos(), later.reason());
  }

  /**
   * Counts a call that was not delivered. While it is the destination, that is all: the message
   * goes back to its place as if it had not been sent.
   *
   * @return whether the call may be charged to its message
   */
  private boolean counts(Task task, RetryLater later, boolean refused, Moment now) {
    streak.add(task, later.reason(), refused, now.nanos());
    task.lastError = later.reason();
    if (streak.verdict() != Verdict.DOWN) {
      return true;
    }
    boolean oneOfSeveral = task.destination != null;
    Duration asked =
        later.fault() == Fault.UNAVAILABLE && !oneOfSeveral ? later.retryAfter() : null;
    gate.unavailable(task, new RetryLater(later.fault(), later.reason(), asked), now.nanos());
    queue.absolve(task);
    if (oneOfSeveral && keys.closes(task, later)) {
      // The next probe goes to another: this one may be down when the others no longer are.
      closeKey(task, later, now);
    }
    putBack(task, now);
    return false;
  }

  /** The call costs no attempt. */
  private void uncounted(Task task, Moment now) {
    task.attempts--;
    putBack(task, now);
  }

  private void putBack(Task task, Moment now) {
    if (now.stopped()) {
      task.end(task.pending());
    } else {
      queue.putBack(task, now.nanos());
    }
  }

  /** The call counts as an attempt that failed. */
  private @Nullable Stop failed(Task task, @Nullable Duration retryAfter, Moment now) {
    queue.failed(task);
    if (task.firstFailed == 0) {
      task.firstFailed = task.call;
    }
    task.faults++;
    if (task.faults >= attempts) {
      return suspects.exhausted(task, now.stopped());
    }
    if (now.stopped()) {
      task.end(task.pending());
    } else {
      queue.again(task, now.nanos(), gate.believed(retryAfter));
    }
    return null;
  }
}
