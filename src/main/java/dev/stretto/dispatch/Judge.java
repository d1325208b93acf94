package dev.stretto.dispatch;

import dev.stretto.dispatch.DispatchSettings.OnExhausted;
import dev.stretto.dispatch.DispatchSettings.OnUnknown;
import dev.stretto.dispatch.DispatchSettings.Ordering;
import dev.stretto.dispatch.Stop.Reason;
import dev.stretto.dispatch.Streak.Verdict;
import dev.stretto.message.Status;
import dev.stretto.transport.Outcome;
import dev.stretto.transport.Outcome.Delivered;
import dev.stretto.transport.Outcome.Fault;
import dev.stretto.transport.Outcome.Refused;
import dev.stretto.transport.Outcome.Rejected;
import dev.stretto.transport.Outcome.RetryLater;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What each outcome leads to, and whose fault a failure is. Not thread-safe: the dispatcher's lock
 * guards it. Methods that return a {@link Stop} return why nothing more shall start, or null where
 * the run goes on.
 *
 * <p>INVARIANT (whose fault): a message is set aside only where a call that started after its own
 * was delivered, or where nothing else is left to start; while the {@link Streak} says that it is
 * the destination, nothing counts against any message.
 */
final class Judge {

  private final DispatchSettings settings;
  private final Clocks clocks;
  private final StartQueue queue;
  private final StartGate gate;
  private final Streak streak;
  private final Suspects suspects;
  private final Backoff backoff;

  /** Calls since the last delivery with which the destination did nothing, by its own word. */
  private int untaken;

  /** How many more calls may start in doubt: as if all of the window had been under way. */
  private int witnesses;

  private long doubtedSince;

  Judge(DispatchSettings settings, Clocks clocks, StartQueue queue, StartGate gate) {
    this.settings = settings;
    this.clocks = clocks;
    this.queue = queue;
    this.gate = gate;
    this.streak = new Streak(settings.unavailable().after());
    this.suspects = new Suspects(settings.retry().giveUp(), clocks.clock(), streak);
    this.backoff = new Backoff(settings.retry(), clocks.random());
  }

  /**
   * When something is judged.
   *
   * @param nanos on the dispatcher's clock
   * @param stopped whether nothing more starts
   * @param underWay how many calls are under way, 0 or more
   */
  record Moment(long nanos, boolean stopped, int underWay) {

    boolean quiet() {
      return underWay == 0;
    }
  }

  /** A call has ended, and is no longer under way. */
  @Nullable Stop finished(Task task, Outcome outcome, Moment now) {
    Stop stop =
        switch (outcome) {
          case Delivered _ -> delivered(task, now);
          case Rejected rejected -> rejected(task, rejected, now);
          case RetryLater later -> retryLater(task, later, now);
        };
    if (stop != null || now.stopped()) {
      return stop;
    }
    if (streak.castsDoubt()) {
      doubt(now);
    }
    stop = inDoubt() && doubtedUntil(now) <= now.nanos() ? down(now.nanos()) : null;
    return stop == null ? unblock(now) : stop;
  }

  private @Nullable Stop delivered(Task task, Moment now) {
    untaken = 0;
    boolean doubted = streak.verdict() != Verdict.NONE;
    if (streak.delivered(task) && doubted) {
      gate.takes(now.nanos());
    }
    gate.answered(task);
    task.end(task.delivered());
    suspects.takeShown().forEach(this::parkSuspect);
    return null;
  }

  private @Nullable Stop rejected(Task task, Rejected rejected, Moment now) {
    if (rejected.refused() == Refused.CHANNEL) {
      task.lastError = rejected.reason();
      task.refused = Refused.CHANNEL;
      if (streak.off() || suspects.chargeable(task)) {
        park(task);
      } else {
        task.end(task.givenBack());
      }
      return new Stop(Reason.SWITCHED_OFF, rejected.reason(), null);
    }
    if (rejected.refused() == Refused.UNSENDABLE) {
      task.attempts--;
      gate.unused(task);
      unsendable(task, rejected.reason());
      return null;
    }
    RetryLater answer = new RetryLater(Fault.FAILED, rejected.reason(), null);
    if (!counts(task, answer, true, now)) {
      return null;
    }
    gate.answered(task);
    if (!task.failing()) {
      queue.failed();
    }
    task.refused = rejected.refused();
    return exhausted(task, now);
  }

  private @Nullable Stop retryLater(Task task, RetryLater later, Moment now) {
    return switch (later.fault()) {
      case UNTAKEN -> {
        untaken(task, later, now);
        yield null;
      }
      case UNAVAILABLE -> {
        if (counts(task, later, false, now)) {
          gate.unavailable(task, later, now.nanos());
          again(task, now);
        }
        yield null;
      }
      case UNKNOWN -> {
        if (settings.onUnknown() == OnUnknown.QUARANTINE) {
          // It may have arrived, and is never sent again, whoever is to blame.
          streak.add(task, later.reason(), false, now.nanos());
          gate.unanswered(task, later, now.nanos());
          task.lastError = "outcome unknown: " + later.reason();
          park(task);
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
    Duration asked = later.fault() == Fault.UNAVAILABLE ? later.retryAfter() : null;
    gate.unavailable(task, new RetryLater(later.fault(), later.reason(), asked), now.nanos());
    absolve(task);
    task.attempts++;
    again(task, now);
    return false;
  }

  /** The call cost no attempt. */
  private void again(Task task, Moment now) {
    task.attempts--;
    if (now.stopped()) {
      task.end(task.pending());
    } else {
      queue.putBack(task);
    }
  }

  /**
   * A destination that takes nothing again and again would otherwise be called without a pause. As
   * many as the window are untaken where a connection ends in good order.
   */
  private void untaken(Task task, RetryLater later, Moment now) {
    untaken++;
    if (untaken > 2 * settings.window() + Math.max(1, settings.unavailable().after())) {
      retryLater(task, new RetryLater(Fault.UNAVAILABLE, later.reason(), null), now);
    } else {
      task.lastError = later.reason();
      gate.unanswered(task, later, now.nanos());
      again(task, now);
    }
  }

  private @Nullable Stop failed(Task task, @Nullable Duration retryAfter, Moment now) {
    if (task.firstFailed == 0) {
      task.firstFailed = task.call;
    }
    if (!task.failing()) {
      queue.failed();
    }
    task.faults++;
    if (task.faults >= settings.retry().attempts()) {
      return exhausted(task, now);
    }
    if (now.stopped()) {
      task.end(task.pending());
    } else {
      long wait = Math.max(backoff.nanos(task.faults), gate.believed(retryAfter));
      queue.again(task, now.nanos() + wait);
    }
    return null;
  }

  /** No further call is due to the message: it was refused, or its attempts are used up. */
  private @Nullable Stop exhausted(Task task, Moment now) {
    return switch (settings.onExhausted()) {
      case PARK, BLOCK_KEY -> {
        if (streak.off() || streak.shown(task.call)) {
          park(task);
        } else if (now.stopped()) {
          task.end(task.givenBack());
        } else {
          suspects.add(task);
          queue.giveBack(task, false);
        }
        yield null;
      }
      case HOLD -> {
        Stop kept = suspects.kept(task);
        if (streak.off() || suspects.chargeable(task)) {
          task.end(task.pending());
          yield new Stop(Reason.HELD, kept.text(), null);
        }
        task.end(task.givenBack());
        yield kept;
      }
    };
  }

  private void doubt(Moment now) {
    streak.doubt();
    doubtedSince = now.nanos();
    witnesses = gate.closed() ? 0 : settings.window() - now.underWay();
    gate.doubted(now.nanos(), streak.reason());
  }

  /** Whether nothing but a {@link #witness} may start: it may yet clear the destination. */
  boolean inDoubt() {
    return streak.verdict() == Verdict.DOUBTED;
  }

  /**
   * The message that may start in doubt, or null. Where answers come at once, nothing would be
   * under way behind some bad messages that follow each other.
   */
  @Nullable Task witness() {
    return witnesses > 0 ? queue.nextNew() : null;
  }

  /** What {@link #witness} returned starts. */
  void witnessStarts() {
    witnesses--;
  }

  /**
   * When a doubt that nothing cleared is over, in nanoseconds; {@code Long.MAX_VALUE} where that
   * depends on an answer or on what is being recorded.
   *
   * <p>INVARIANT: whatever is under way or may yet start as a witness has its say before it is the
   * destination, however slow it, the database or this machine are: except that a call which hangs
   * keeps everything waiting no longer than the longest wait between probes. Refusals alone need a
   * person, whom a run calls only once everything has ended.
   */
  long doubtedUntil(Moment now) {
    if (witnesses > 0 && queue.newToCome(now.underWay())) {
      return Long.MAX_VALUE;
    }
    if (now.quiet()) {
      // More may be read in the meantime, where a witness may still start.
      return witnesses > 0 ? gate.opensAt(now.nanos()) : now.nanos();
    }
    return streak.refusedOnly()
        ? Long.MAX_VALUE
        : doubtedSince + settings.unavailable().maxBackoff().toNanos();
  }

  /** It is the destination. */
  @Nullable Stop down(long now) {
    if (streak.refusedOnly()) {
      return new Stop(
          Reason.REFUSED,
          "the destination refuses what it is sent"
              + inARow(now)
              + ": "
              + streak.reason()
              + "; mend the address, the credentials or the messages, or set unavailable.after: off"
              + " to have each refused message parked",
          null);
    }
    streak.down();
    boolean makeRoom = !suspects.isEmpty();
    List<Task> absolved = suspects.takeAll();
    for (Task task : queue.withdrawRetries()) {
      absolve(task);
      queue.putBack(task);
    }
    absolved.forEach(this::absolve);
    if (makeRoom) {
      // What suspects gave up for others they get back, for they come before them.
      queue.withdrawClaimed().forEach(task -> queue.giveBack(task, true));
      absolved.forEach(task -> queue.giveBack(task, true));
    }
    return null;
  }

  private void absolve(Task task) {
    if (task.failing()) {
      queue.failedNoMore();
    }
    task.absolve();
  }

  /** Decides about the suspects where all else waits for that. */
  @Nullable Stop unblock(Moment now) {
    boolean allElseWaits =
        settings.ordering() == Ordering.STRICT
            || (queue.holdsNewStarts() && !queue.retriesWait())
            || (queue.full() && queue.idle());
    return now.quiet() && queue.allRecorded() && allElseWaits ? conclude() : null;
  }

  /**
   * Decides about the suspects where nothing else is left to start: those that were refused as
   * messages, or failed before while others were delivered, or are too old, are set aside. Where
   * there are none of these, the others stay first in line, and end the run.
   */
  @Nullable Stop conclude() {
    List<Task> charged = suspects.takeChargeable();
    charged.forEach(this::parkSuspect);
    return charged.isEmpty() && !suspects.isEmpty() ? suspects.kept(suspects.first()) : null;
  }

  /** The destination has no part in it. */
  void unsendable(Task task, String why) {
    task.lastError = why;
    park(task);
  }

  private void parkSuspect(Task task) {
    queue.judged(task);
    park(task);
  }

  private void park(Task task) {
    Lane lane = task.lane;
    boolean blocks = lane != null && settings.onExhausted() == OnExhausted.BLOCK_KEY;
    if (lane != null && blocks) {
      queue.block(lane);
    }
    task.end(task.settlement(Status.PARKED, task.attempts, task.lastError, blocks));
  }

  boolean anySuspects() {
    return !suspects.isEmpty();
  }

  /** Takes those about which nothing will be decided any more. */
  List<Task> takeSuspects() {
    return suspects.takeAll();
  }

  /** How many calls in a row were not delivered. */
  int calls() {
    return streak.calls();
  }

  /** Since when how many calls in a row were not delivered, for people; empty for less than two. */
  String inARow(long now) {
    return streak.calls() > 1
        ? ", "
            + streak.calls()
            + " calls in a row since "
            + clocks
                .clock()
                .instant()
                .minusNanos(now - streak.since())
                .truncatedTo(ChronoUnit.SECONDS)
        : "";
  }
}
