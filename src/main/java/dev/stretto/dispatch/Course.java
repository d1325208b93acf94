package dev.stretto.dispatch;

import dev.stretto.dispatch.DispatchSettings.OnExhausted;
import dev.stretto.dispatch.DispatchSettings.OnUnknown;
import dev.stretto.dispatch.DispatchSettings.Ordering;
import dev.stretto.dispatch.Stop.Reason;
import dev.stretto.dispatch.Streak.Verdict;
import dev.stretto.outbox.Message;
import dev.stretto.outbox.Settlement;
import dev.stretto.outbox.Status;
import dev.stretto.transport.Outcome;
import dev.stretto.transport.Outcome.Delivered;
import dev.stretto.transport.Outcome.Fault;
import dev.stretto.transport.Outcome.Refused;
import dev.stretto.transport.Outcome.Rejected;
import dev.stretto.transport.Outcome.RetryLater;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The course of a channel's run: what may start when, and what each outcome leads to. It waits for
 * nothing, starts no thread and reads no clock, so that a test can take it through any schedule.
 * Not thread-safe: the dispatcher's lock guards it. Times are nanoseconds on the dispatcher's
 * clock.
 *
 * <p>INVARIANT (whose fault): a message is set aside only where a call that started after its own
 * was delivered, or where nothing else is left to start; while the {@link Streak} says that it is
 * the destination, nothing counts against any message.
 */
final class Course {

  private final DispatchSettings settings;
  private final Times times;
  private final Lineup lineup;
  private final StartGate gate;
  private final Streak streak;
  private final Suspects suspects;
  private final Pace pace;
  private final Backoff backoff;
  private final Tally tally = new Tally();
  private final Set<Flight> underWay = new HashSet<>();
  private @Nullable Stop stop;
  private long wakeAt = Long.MAX_VALUE;
  private long calls;

  /** Calls since the last delivery with which the destination did nothing, by its own word. */
  private int untaken;

  Course(DispatchSettings settings, Times times) {
    this.settings = settings;
    this.times = times;
    this.lineup = new Lineup(settings);
    this.gate = new StartGate(settings.unavailable());
    this.streak = new Streak(settings.unavailable().after());
    this.suspects = new Suspects(settings.retry().giveUp(), times.clock(), streak);
    this.pace = new Pace(settings.rate(), settings.stagger());
    this.backoff = new Backoff(settings.retry(), times.random());
  }

  /** To be called before anything starts: an earlier run was asked to wait. */
  void closeGate(long now, Duration remaining, String reason) {
    gate.closed(now, remaining, reason);
  }

  Flight offer(Message message, long now) {
    Flight flight = lineup.offer(message);
    unblock(now);
    if (stop != null) {
      lineup.withdrawOffered().forEach(withdrawn -> withdrawn.end(null));
    }
    return flight;
  }

  /** Whether as many wait to be claimed as are read ahead. */
  boolean full() {
    return lineup.full();
  }

  /** Whether it is time to offer more, so that there always is something to claim. */
  boolean wantsMore() {
    return lineup.wantsMore();
  }

  List<Flight> takeHeldBack() {
    return lineup.takeHeldBack();
  }

  void unblock(String key) {
    lineup.unblock(key);
  }

  boolean pickable() {
    return stop == null && lineup.pickable(0);
  }

  /**
   * The messages to claim now.
   *
   * @param settled which are recorded in the same transaction
   * @param released whose claims are given back in it
   */
  List<Flight> pick(List<Flight> settled, List<Flight> released) {
    if (stop != null) {
      return List.of();
    }
    long claimed = settled.stream().filter(flight -> flight.claimed).count();
    return lineup.pick((int) claimed + released.size());
  }

  void claimed(List<Flight> flights) {
    Stop reason = stop;
    if (reason == null) {
      lineup.claimed(flights);
    } else {
      flights.forEach(flight -> withdraw(flight, reason));
    }
  }

  List<Flight> takeReleasing() {
    return lineup.takeReleasing();
  }

  boolean anyReleasing() {
    return lineup.anyReleasing();
  }

  void released(List<Flight> flights, long now) {
    flights.forEach(lineup::released);
    unblock(now);
  }

  void recorded(List<Flight> flights, long now) {
    for (Flight flight : flights) {
      lineup.recorded(flight);
      tally.recorded(flight.settlement(), now);
    }
    unblock(now);
  }

  /** Whether nothing is left but suspects, and what waits behind them. */
  boolean idle() {
    return lineup.idle();
  }

  boolean quiet() {
    return underWay.isEmpty();
  }

  @Nullable Stop stopped() {
    return stop;
  }

  /**
   * The message that may start now, or null; then {@link #wakeAt} says when to ask again, unless
   * something changes before.
   *
   * @param capacity the most calls that may be under way, 1 or more
   */
  @Nullable Flight next(long now, int capacity) {
    wakeAt = Long.MAX_VALUE;
    if (streak.verdict() == Verdict.DOUBTED) {
      // Refusals need a person, whom a run calls only once all that is under way has ended.
      if (!streak.refusedOnly() && gate.opensAt(now) <= now) {
        down(now);
      } else if (!streak.refusedOnly()) {
        wakeAt = gate.opensAt(now);
      }
    }
    if (stop == null && streak.verdict() != Verdict.DOUBTED && gate.beyondPatience()) {
      stop(new Stop(Reason.UNAVAILABLE, gate.reason() + inARow(now), gate.asked(now)), now);
    }
    if (stop != null || streak.verdict() == Verdict.DOUBTED || lineup.awaitsReturned()) {
      return null;
    }
    Flight first = lineup.next(now);
    wakeAt = lineup.nextDue();
    if (first == null || underWay.size() >= Math.min(capacity, settings.window())) {
      return null;
    }
    long allowed = Math.max(gate.opensAt(now), pace.allowsAt(now));
    if (allowed <= now) {
      return first;
    }
    wakeAt = Math.min(wakeAt, allowed);
    return null;
  }

  /** Whether {@link #next} has anything to decide: else nothing waits to be started. */
  boolean mayStart() {
    return stop != null || lineup.anyWaits() || streak.verdict() == Verdict.DOUBTED;
  }

  long wakeAt() {
    return wakeAt;
  }

  /** What {@link #next} returned is about to be handed over. */
  void begin(Flight flight, long now) {
    lineup.started(flight);
    gate.started(flight);
    pace.started(now);
    underWay.add(flight);
    flight.attempts++;
    flight.call = ++calls;
    tally.started(flight, now, times.clock());
  }

  void finished(Flight flight, Outcome outcome, long now) {
    if (!underWay.remove(flight) || flight.over()) {
      return;
    }
    switch (outcome) {
      case Delivered _ -> delivered(flight, now);
      case Rejected rejected -> rejected(flight, rejected, now);
      case RetryLater later -> retryLater(flight, later, now);
    }
    judge(now);
  }

  private void delivered(Flight flight, long now) {
    untaken = 0;
    boolean doubted = streak.verdict() != Verdict.NONE;
    if (streak.delivered(flight) && doubted) {
      gate.takes(now);
    }
    gate.answered(flight);
    settle(flight, Status.DELIVERED);
    suspects.takeShown().forEach(this::parkSuspect);
  }

  private void rejected(Flight flight, Rejected rejected, long now) {
    if (rejected.refused() == Refused.CHANNEL) {
      flight.lastError = rejected.reason();
      flight.refused = Refused.CHANNEL;
      if (streak.off() || suspects.chargeable(flight)) {
        park(flight);
      } else {
        flight.end(flight.givenBack());
      }
      stop(new Stop(Reason.SWITCHED_OFF, rejected.reason(), null), now);
    } else if (counts(flight, new RetryLater(Fault.FAILED, rejected.reason(), null), true, now)) {
      gate.answered(flight);
      refused(flight, rejected.refused());
      exhausted(flight, now);
    }
  }

  private void refused(Flight flight, Refused refused) {
    if (!flight.failing()) {
      lineup.failed();
    }
    flight.refused = refused;
  }

  private void retryLater(Flight flight, RetryLater later, long now) {
    switch (later.fault()) {
      case UNTAKEN -> untaken(flight, later, now);
      case UNAVAILABLE -> {
        if (counts(flight, later, false, now)) {
          gate.unavailable(flight, later, now);
          again(flight);
        }
      }
      case UNKNOWN -> {
        if (settings.onUnknown() == OnUnknown.QUARANTINE) {
          // It may have arrived, and is never sent again, whoever is to blame.
          streak.add(flight, later.reason(), false, now);
          gate.unanswered(flight, later, now);
          flight.lastError = "outcome unknown: " + later.reason();
          park(flight);
        } else if (counts(flight, later, false, now)) {
          gate.unanswered(flight, later, now);
          failed(flight, now, null);
        }
      }
      case FAILED -> {
        if (counts(flight, later, false, now)) {
          gate.answered(flight);
          failed(flight, now, later.retryAfter());
        }
      }
    }
  }

  /**
   * Counts a call that was not delivered. While it is the destination, that is all: the message
   * goes back to its place as if it had not been sent.
   *
   * @return whether the call may be charged to its message
   */
  private boolean counts(Flight flight, RetryLater later, boolean refused, long now) {
    streak.add(flight, later.reason(), refused, now);
    flight.lastError = later.reason();
    if (streak.verdict() != Verdict.DOWN) {
      return true;
    }
    Duration asked = later.fault() == Fault.UNAVAILABLE ? later.retryAfter() : null;
    gate.unavailable(flight, new RetryLater(later.fault(), later.reason(), asked), now);
    absolve(flight);
    flight.attempts++;
    again(flight);
    return false;
  }

  /** The call cost no attempt. */
  private void again(Flight flight) {
    flight.attempts--;
    if (stop == null) {
      lineup.putBack(flight);
    } else {
      settle(flight, Status.PENDING);
    }
  }

  /**
   * A destination that takes nothing again and again would otherwise be called without a pause. As
   * many as the window are untaken where a connection ends in good order.
   */
  private void untaken(Flight flight, RetryLater later, long now) {
    untaken++;
    if (untaken > 2 * settings.window() + Math.max(1, settings.unavailable().after())) {
      retryLater(flight, new RetryLater(Fault.UNAVAILABLE, later.reason(), null), now);
    } else {
      gate.unanswered(flight, later, now);
      again(flight);
    }
  }

  private void failed(Flight flight, long now, @Nullable Duration retryAfter) {
    if (flight.firstFailed == 0) {
      flight.firstFailed = flight.call;
    }
    if (!flight.failing()) {
      lineup.failed();
    }
    flight.faults++;
    if (flight.faults >= settings.retry().attempts()) {
      exhausted(flight, now);
    } else if (stop == null) {
      lineup.again(flight, now + Math.max(backoff.nanos(flight.faults), gate.believed(retryAfter)));
    } else {
      settle(flight, Status.PENDING);
    }
  }

  /** No further call is due to the message: it was refused, or its attempts are used up. */
  private void exhausted(Flight flight, long now) {
    switch (settings.onExhausted()) {
      case PARK, BLOCK_KEY -> {
        if (streak.off() || streak.shown(flight.call)) {
          park(flight);
        } else if (stop == null) {
          suspects.add(flight);
          lineup.giveBack(flight, false);
        } else {
          settle(flight, Status.PENDING);
        }
      }
      case HOLD -> {
        boolean its = streak.off() || suspects.chargeable(flight);
        flight.end(its ? settlement(flight, Status.PENDING) : flight.givenBack());
        Stop kept = suspects.kept(flight);
        stop(its ? new Stop(Reason.HELD, kept.text(), null) : kept, now);
      }
    }
  }

  /** Passes the verdicts that are due once a call has ended. */
  private void judge(long now) {
    if (stop == null && streak.castsDoubt()) {
      streak.doubt();
      gate.doubted(now, streak.reason());
    }
    if (stop == null && streak.verdict() == Verdict.DOUBTED && underWay.isEmpty()) {
      down(now);
    }
    unblock(now);
  }

  /** Decides about the suspects where all else waits for that. */
  private void unblock(long now) {
    boolean allElseWaits =
        settings.ordering() == Ordering.STRICT
            || (lineup.holdsNewStarts() && !lineup.retriesWait())
            || (lineup.full() && lineup.idle());
    if (underWay.isEmpty() && lineup.allRecorded() && allElseWaits) {
      conclude(now);
    }
  }

  /** It is the destination. */
  private void down(long now) {
    if (streak.refusedOnly()) {
      stop(
          new Stop(
              Reason.REFUSED,
              "the destination refuses what it is sent"
                  + inARow(now)
                  + ": "
                  + streak.reason()
                  + "; mend the address, the credentials or the messages, or set"
                  + " unavailable.after: off to have each refused message parked",
              null),
          now);
      return;
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
  }

  private void absolve(Flight flight) {
    if (flight.failing()) {
      lineup.failedNoMore();
    }
    flight.absolve();
  }

  private String inARow(long now) {
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

  /**
   * Decides about the suspects where nothing else is left to start: those that were refused as
   * messages, or failed before while others were delivered, or are too old, are set aside. Others
   * stay first in line, and end the run.
   *
   * @return whether anything was set aside, so that the run may go on
   */
  boolean conclude(long now) {
    if (stop != null || suspects.isEmpty()) {
      return false;
    }
    List<Flight> charged = suspects.takeChargeable();
    charged.forEach(this::parkSuspect);
    if (charged.isEmpty()) {
      stop(suspects.kept(suspects.first()), now);
    }
    return !charged.isEmpty();
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

  /**
   * Only the first stop counts. Where the time is up while the destination takes nothing, the run
   * has to be tried again later.
   */
  void stop(Stop asked, long now) {
    if (stop == null) {
      Stop reason = asked.reason() == Reason.TIME_UP ? timeUp(asked, now) : asked;
      stop = reason;
      lineup.withdrawOffered().forEach(flight -> flight.end(null));
      lineup.withdrawClaimed().forEach(flight -> withdraw(flight, reason));
      suspects.takeAll().forEach(flight -> giveBack(flight, reason));
      lineup.takeReleasing().forEach(flight -> giveBack(flight, reason));
      if (!reason.recordable()) {
        abandon();
      }
    }
  }

  private Stop timeUp(Stop asked, long now) {
    if (gate.closed()) {
      return new Stop(
          Reason.UNAVAILABLE,
          asked.text() + " while " + gate.reason() + inARow(now),
          gate.asked(now));
    }
    return underWay.isEmpty() && lineup.onlyRetriesWait(now)
        ? new Stop(
            Reason.UNAVAILABLE,
            asked.text() + " while what was started waits to be sent again",
            null)
        : asked;
  }

  /** Ends what is under way without a settlement. */
  void abandon() {
    underWay.forEach(flight -> flight.end(null));
  }

  Counts counts() {
    return tally.counts(underWay.size(), gate.closed());
  }

  /** Why nothing is started; null while calls start. */
  @Nullable Standstill standstill(long now) {
    if (!gate.closed()) {
      return null;
    }
    Instant time = times.clock().instant();
    Duration asked = gate.asked(now);
    return new Standstill(
        time.minusNanos(now - gate.closedSince()),
        asked == null ? null : time.plus(asked),
        streak.calls(),
        gate.reason());
  }

  private static void withdraw(Flight flight, Stop reason) {
    flight.end(reason.recordable() ? settlement(flight, Status.PENDING) : null);
  }

  /** The same for what gives its claim back; where that is recorded, nothing is left to record. */
  private static void giveBack(Flight flight, Stop reason) {
    flight.end(reason.recordable() && flight.claimed ? flight.givenBack() : null);
  }

  private static void settle(Flight flight, Status status) {
    flight.end(settlement(flight, status));
  }

  private static Settlement settlement(Flight flight, Status status) {
    @Nullable String error = status == Status.DELIVERED ? null : flight.lastError;
    return flight.settlement(status, flight.attempts, error, false);
  }
}
