package dev.stretto.dispatch;

import dev.stretto.dispatch.DispatchSettings.OnExhausted;
import dev.stretto.dispatch.DispatchSettings.OnUnknown;
import dev.stretto.dispatch.DispatchSettings.Ordering;
import dev.stretto.dispatch.Stop.Reason;
import dev.stretto.dispatch.Streak.Verdict;
import dev.stretto.outbox.Status;
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
  private final Times times;
  private final Lineup lineup;
  private final StartGate gate;
  private final Streak streak;
  private final Suspects suspects;
  private final Backoff backoff;

  /** Calls since the last delivery with which the destination did nothing, by its own word. */
  private int untaken;

  /** How many more calls may start in doubt: as if all of the window had been under way. */
  private int witnesses;

  private long doubtedSince;

  Judge(DispatchSettings settings, Times times, Lineup lineup, StartGate gate) {
    this.settings = settings;
    this.times = times;
    this.lineup = lineup;
    this.gate = gate;
    this.streak = new Streak(settings.unavailable().after());
    this.suspects = new Suspects(settings.retry().giveUp(), times.clock(), streak);
    this.backoff = new Backoff(settings.retry(), times.random());
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
  @Nullable Stop finished(Flight flight, Outcome outcome, Moment now) {
    Stop stop =
        switch (outcome) {
          case Delivered _ -> delivered(flight, now);
          case Rejected rejected -> rejected(flight, rejected, now);
          case RetryLater later -> retryLater(flight, later, now);
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

  private @Nullable Stop delivered(Flight flight, Moment now) {
    untaken = 0;
    boolean doubted = streak.verdict() != Verdict.NONE;
    if (streak.delivered(flight) && doubted) {
      gate.takes(now.nanos());
    }
    gate.answered(flight);
    flight.end(flight.delivered());
    suspects.takeShown().forEach(this::parkSuspect);
    return null;
  }

  private @Nullable Stop rejected(Flight flight, Rejected rejected, Moment now) {
    if (rejected.refused() == Refused.CHANNEL) {
      flight.lastError = rejected.reason();
      flight.refused = Refused.CHANNEL;
      if (streak.off() || suspects.chargeable(flight)) {
        park(flight);
      } else {
        flight.end(flight.givenBack());
      }
      return new Stop(Reason.SWITCHED_OFF, rejected.reason(), null);
    }
    if (rejected.refused() == Refused.UNSENDABLE) {
      flight.attempts--;
      gate.unused(flight);
      unsendable(flight, rejected.reason());
      return null;
    }
    RetryLater answer = new RetryLater(Fault.FAILED, rejected.reason(), null);
    if (!counts(flight, answer, true, now)) {
      return null;
    }
    gate.answered(flight);
    if (!flight.failing()) {
      lineup.failed();
    }
    flight.refused = rejected.refused();
    return exhausted(flight, now);
  }

  private @Nullable Stop retryLater(Flight flight, RetryLater later, Moment now) {
    return switch (later.fault()) {
      case UNTAKEN -> {
        untaken(flight, later, now);
        yield null;
      }
      case UNAVAILABLE -> {
        if (counts(flight, later, false, now)) {
          gate.unavailable(flight, later, now.nanos());
          again(flight, now);
        }
        yield null;
      }
      case UNKNOWN -> {
        if (settings.onUnknown() == OnUnknown.QUARANTINE) {
          // It may have arrived, and is never sent again, whoever is to blame.
          streak.add(flight, later.reason(), false, now.nanos());
          gate.unanswered(flight, later, now.nanos());
          flight.lastError = "outcome unknown: " + later.reason();
          park(flight);
          yield null;
        }
        if (!counts(flight, later, false, now)) {
          yield null;
        }
        gate.unanswered(flight, later, now.nanos());
        yield failed(flight, null, now);
      }
      case FAILED -> {
        if (!counts(flight, later, false, now)) {
          yield null;
        }
        gate.answered(flight);
        yield failed(flight, later.retryAfter(), now);
      }
    };
  }

  /**
   * Counts a call that was not delivered. While it is the destination, that is all: the message
   * goes back to its place as if it had not been sent.
   *
   * @return whether the call may be charged to its message
   */
  private boolean counts(Flight flight, RetryLater later, boolean refused, Moment now) {
    streak.add(flight, later.reason(), refused, now.nanos());
    flight.lastError = later.reason();
    if (streak.verdict() != Verdict.DOWN) {
      return true;
    }
    Duration asked = later.fault() == Fault.UNAVAILABLE ? later.retryAfter() : null;
    gate.unavailable(flight, new RetryLater(later.fault(), later.reason(), asked), now.nanos());
    absolve(flight);
    flight.attempts++;
    again(flight, now);
    return false;
  }

  /** The call cost no attempt. */
  private void again(Flight flight, Moment now) {
    flight.attempts--;
    if (now.stopped()) {
      flight.end(flight.pending());
    } else {
      lineup.putBack(flight);
    }
  }

  /**
   * A destination that takes nothing again and again would otherwise be called without a pause. As
   * many as the window are untaken where a connection ends in good order.
   */
  private void untaken(Flight flight, RetryLater later, Moment now) {
    untaken++;
    if (untaken > 2 * settings.window() + Math.max(1, settings.unavailable().after())) {
      retryLater(flight, new RetryLater(Fault.UNAVAILABLE, later.reason(), null), now);
    } else {
      flight.lastError = later.reason();
      gate.unanswered(flight, later, now.nanos());
      again(flight, now);
    }
  }

  private @Nullable Stop failed(Flight flight, @Nullable Duration retryAfter, Moment now) {
    if (flight.firstFailed == 0) {
      flight.firstFailed = flight.call;
    }
    if (!flight.failing()) {
      lineup.failed();
    }
    flight.faults++;
    if (flight.faults >= settings.retry().attempts()) {
      return exhausted(flight, now);
    }
    if (now.stopped()) {
      flight.end(flight.pending());
    } else {
      long wait = Math.max(backoff.nanos(flight.faults), gate.believed(retryAfter));
      lineup.again(flight, now.nanos() + wait);
    }
    return null;
  }

  /** No further call is due to the message: it was refused, or its attempts are used up. */
  private @Nullable Stop exhausted(Flight flight, Moment now) {
    return switch (settings.onExhausted()) {
      case PARK, BLOCK_KEY -> {
        if (streak.off() || streak.shown(flight.call)) {
          park(flight);
        } else if (now.stopped()) {
          flight.end(flight.givenBack());
        } else {
          suspects.add(flight);
          lineup.giveBack(flight, false);
        }
        yield null;
      }
      case HOLD -> {
        Stop kept = suspects.kept(flight);
        if (streak.off() || suspects.chargeable(flight)) {
          flight.end(flight.pending());
          yield new Stop(Reason.HELD, kept.text(), null);
        }
        flight.end(flight.givenBack());
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
  @Nullable Flight witness() {
    return witnesses > 0 ? lineup.nextNew() : null;
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
    if (witnesses > 0 && lineup.newToCome(now.underWay())) {
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
    List<Flight> absolved = suspects.takeAll();
    for (Flight flight : lineup.withdrawRetries()) {
      absolve(flight);
      lineup.putBack(flight);
    }
    absolved.forEach(this::absolve);
    if (makeRoom) {
      // What suspects gave up for others they get back, for they come before them.
      lineup.withdrawClaimed().forEach(flight -> lineup.giveBack(flight, true));
      absolved.forEach(flight -> lineup.giveBack(flight, true));
    }
    return null;
  }

  private void absolve(Flight flight) {
    if (flight.failing()) {
      lineup.failedNoMore();
    }
    flight.absolve();
  }

  /** Decides about the suspects where all else waits for that. */
  @Nullable Stop unblock(Moment now) {
    boolean allElseWaits =
        settings.ordering() == Ordering.STRICT
            || (lineup.holdsNewStarts() && !lineup.retriesWait())
            || (lineup.full() && lineup.idle());
    return now.quiet() && lineup.allRecorded() && allElseWaits ? conclude() : null;
  }

  /**
   * Decides about the suspects where nothing else is left to start: those that were refused as
   * messages, or failed before while others were delivered, or are too old, are set aside. Where
   * there are none of these, the others stay first in line, and end the run.
   */
  @Nullable Stop conclude() {
    List<Flight> charged = suspects.takeChargeable();
    charged.forEach(this::parkSuspect);
    return charged.isEmpty() && !suspects.isEmpty() ? suspects.kept(suspects.first()) : null;
  }

  /** The destination has no part in it. */
  void unsendable(Flight flight, String why) {
    flight.lastError = why;
    park(flight);
  }

  private void parkSuspect(Flight flight) {
    lineup.judged(flight);
    park(flight);
  }

  private void park(Flight flight) {
    Lane lane = flight.lane;
    boolean blocks = lane != null && settings.onExhausted() == OnExhausted.BLOCK_KEY;
    if (lane != null && blocks) {
      lineup.block(lane);
    }
    flight.end(flight.settlement(Status.PARKED, flight.attempts, flight.lastError, blocks));
  }

  boolean anySuspects() {
    return !suspects.isEmpty();
  }

  /** Takes those about which nothing will be decided any more. */
  List<Flight> takeSuspects() {
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
            + times
                .clock()
                .instant()
                .minusNanos(now - streak.since())
                .truncatedTo(ChronoUnit.SECONDS)
        : "";
  }
}
