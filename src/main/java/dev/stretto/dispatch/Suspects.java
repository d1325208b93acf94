package dev.stretto.dispatch;

import dev.stretto.dispatch.DispatchSettings.OnExhausted;
import dev.stretto.dispatch.DispatchSettings.Ordering;
import dev.stretto.dispatch.DispatchState.Moment;
import dev.stretto.dispatch.Stop.Reason;
import dev.stretto.transport.Outcome.Refused;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * Messages to which no further call is due, but of which nobody knows yet whether they or the
 * destination are to blame. Not thread-safe: the dispatcher's lock guards it. Methods that return a
 * {@link Stop} return why nothing more shall start, or null where the run goes on.
 *
 * <p>INVARIANT (whose fault): a message is set aside only where a call that started after its own
 * was delivered, or where nothing else is left to start.
 */
final class Suspects {

  private final boolean strict;
  private final OnExhausted onExhausted;
  private final Duration giveUp;
  private final InstantSource clock;
  private final StartQueue queue;
  private final ClaimQueue claims;
  private final Lanes lanes;
  private final Streak streak;
  private final PriorityQueue<Task> byCall =
      new PriorityQueue<>(Comparator.comparingLong(task -> task.call));

  Suspects(
      DispatchSettings settings,
      InstantSource clock,
      StartQueue queue,
      ClaimQueue claims,
      Lanes lanes,
      Streak streak) {
    this.strict = settings.ordering() == Ordering.STRICT;
    this.onExhausted = settings.onExhausted();
    this.giveUp = settings.retry().giveUp();
    this.clock = clock;
    this.queue = queue;
    this.claims = claims;
    this.lanes = lanes;
    this.streak = streak;
  }

  /** No further call is due to the message: it was refused, or its attempts are used up. */
  @Nullable Stop exhausted(Task task, boolean stopped) {
    return switch (onExhausted) {
      case PARK, BLOCK_KEY -> {
        if (streak.off() || streak.shown(task.call)) {
          lanes.park(task);
        } else if (stopped) {
          task.end(task.givenBack());
        } else {
          byCall.add(task);
          claims.giveBack(task, false);
        }
        yield null;
      }
      case HOLD -> {
        Stop kept = kept(task);
        if (streak.off() || chargeable(task)) {
          task.end(task.pending());
          yield new Stop(Reason.HELD, kept.text(), null);
        }
        task.end(task.givenBack());
        yield kept;
      }
    };
  }

  /** The destination is gone for good, as it said to the message's call. */
  void switchedOff(Task task) {
    task.refused = Refused.CHANNEL;
    if (streak.off() || chargeable(task)) {
      lanes.park(task);
    } else {
      task.end(task.givenBack());
    }
  }

  /** Sets aside those of which a later call has shown that the destination takes others. */
  void parkShown() {
    while (!byCall.isEmpty() && streak.shown(byCall.element().call)) {
      park(byCall.remove());
    }
  }

  /** Decides about the suspects where all else waits for that. */
  @Nullable Stop unblock(Moment now) {
    boolean allElseWaits =
        strict
            || (queue.holdsNewStarts() && !queue.retriesToCome())
            || (claims.full() && claims.idle());
    return now.quiet() && claims.allRecorded() && allElseWaits ? conclude() : null;
  }

  /**
   * Decides about the suspects where nothing else is left to start: those that were refused as
   * messages, or failed before while others were delivered, or are too old, are set aside. Where
   * there are none of these, the others stay first in line, and end the run.
   */
  @Nullable Stop conclude() {
    List<Task> charged = byCall.stream().filter(this::chargeable).toList();
    byCall.removeAll(charged);
    charged.forEach(this::park);
    return charged.isEmpty() && !byCall.isEmpty() ? kept(byCall.element()) : null;
  }

  private void park(Task suspect) {
    claims.judged(suspect);
    lanes.park(suspect);
  }

  /** It is the destination: they go back to their places, as if they had not been sent. */
  void absolve() {
    if (byCall.isEmpty()) {
      return;
    }
    List<Task> absolved = takeAll();
    absolved.forEach(queue::absolve);
    // What they gave up for others they get back, for they come before them.
    queue.withdraw().forEach(task -> claims.giveBack(task, true));
    absolved.forEach(task -> claims.giveBack(task, true));
  }

  boolean isEmpty() {
    return byCall.isEmpty();
  }

  /** Takes those about which nothing will be decided any more. */
  List<Task> takeAll() {
    List<Task> all = new ArrayList<>(byCall);
    byCall.clear();
    return all;
  }

  /**
   * Whether a message is charged with its failures though none of the calls after its last was
   * delivered: it was refused as it is, it failed before while others were delivered, or it has
   * waited for too long.
   */
  private boolean chargeable(Task task) {
    return task.refused == Refused.MESSAGE || streak.shown(task.firstFailed) || waitedTooLong(task);
  }

  /** Whether its first start is so long ago that it is no longer kept first in line. */
  boolean waitedTooLong(Task task) {
    Instant first = task.firstStart();
    return first != null && !first.plus(giveUp).isAfter(clock.instant());
  }

  /** Why a run ends with this message first in line. */
  private Stop kept(Task task) {
    String text =
        "message "
            + task.message().messageId()
            + " stays first in line: "
            + task.lastError
            + advice(task);
    return new Stop(task.refused == null ? Reason.UNAVAILABLE : Reason.REFUSED, text, null);
  }

  private String advice(Task task) {
    if (chargeable(task)) {
      return "";
    }
    return task.refused == null
        ? "; nothing else was delivered since, so it may be the destination"
        : "; nothing else was delivered since: mend the address or the credentials";
  }
}
