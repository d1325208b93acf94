package dev.stretto.dispatch;

import dev.stretto.dispatch.Judge.Moment;
import dev.stretto.dispatch.Stop.Reason;
import dev.stretto.outbox.Message;
import dev.stretto.transport.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The course of a channel's run: what may start when; {@link Judge} says what each outcome leads
 * to. It waits for nothing, starts no thread and reads no clock, so that a test can take it through
 * any schedule. Not thread-safe: the dispatcher's lock guards it. Times are nanoseconds on the
 * dispatcher's clock.
 */
final class Course {

  private final DispatchSettings settings;
  private final Times times;
  private final Lineup lineup;
  private final StartGate gate;
  private final Judge judge;
  private final Pace pace;
  private final Tally tally = new Tally();
  private final Set<Flight> underWay = new HashSet<>();
  private @Nullable Stop stop;
  private long wakeAt = Long.MAX_VALUE;
  private long calls;

  Course(DispatchSettings settings, Times times) {
    this.settings = settings;
    this.times = times;
    this.lineup = new Lineup(settings);
    this.gate = new StartGate(settings.unavailable());
    this.judge = new Judge(settings, times, lineup, gate);
    this.pace = new Pace(settings.rate(), settings.stagger());
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
   * What is to be made durable now.
   *
   * @param ended each with a settlement
   */
  Turn turn(List<Flight> ended) {
    List<Flight> released = lineup.takeReleasing();
    return new Turn(ended, released, pick(ended, released));
  }

  /**
   * In the places of those that end or are given back in the same transaction, and in free ones.
   */
  private List<Flight> pick(List<Flight> ended, List<Flight> released) {
    if (stop != null) {
      return List.of();
    }
    long claimed = ended.stream().filter(flight -> flight.claimed).count();
    return lineup.pick((int) claimed + released.size());
  }

  boolean anyReleasing() {
    return lineup.anyReleasing();
  }

  void committed(Turn turn, long now) {
    for (Flight flight : turn.ended()) {
      lineup.recorded(flight);
      tally.recorded(flight.settlement(), now);
    }
    unblock(now);
    if (!turn.released().isEmpty()) {
      released(turn.released(), now);
    }
    claimed(turn.picked());
  }

  private void released(List<Flight> flights, long now) {
    flights.forEach(lineup::released);
    if (stop == null) {
      unblock(now);
    } else {
      lineup.withdrawOffered().forEach(flight -> flight.end(null));
    }
  }

  private void claimed(List<Flight> flights) {
    Stop reason = stop;
    if (reason == null) {
      lineup.claimed(flights);
    } else {
      flights.forEach(flight -> withdraw(flight, reason));
    }
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
    if (judge.inDoubt()) {
      wakeAt = judge.doubtedUntil(moment(now));
      if (wakeAt > now) {
        return startable(sendable(judge::witness), pace.allowsAt(now), now, capacity);
      }
      wakeAt = Long.MAX_VALUE;
      stopWhere(judge.down(now), now);
    }
    if (stop == null && gate.beyondPatience()) {
      stop(new Stop(Reason.UNAVAILABLE, gate.reason() + judge.inARow(now), gate.asked(now)), now);
    }
    if (stop != null || lineup.awaitsReturned()) {
      return null;
    }
    Flight first = sendable(() -> lineup.next(now));
    wakeAt = lineup.nextDue();
    return startable(first, Math.max(gate.opensAt(now), pace.allowsAt(now)), now, capacity);
  }

  private @Nullable Flight startable(@Nullable Flight first, long allowed, long now, int capacity) {
    if (first == null || underWay.size() >= Math.min(capacity, settings.window())) {
      return null;
    }
    if (allowed <= now) {
      return first;
    }
    wakeAt = Math.min(wakeAt, allowed);
    return null;
  }

  /**
   * What can't be sent is parked when its turn has come, whatever the destination is like, for it
   * has no part in it.
   */
  private @Nullable Flight sendable(Supplier<@Nullable Flight> line) {
    Flight first = line.get();
    while (first != null && first.message().problem() != null) {
      lineup.started(first);
      judge.unsendable(first, first.message().problem());
      first = line.get();
    }
    return first;
  }

  /** Whether {@link #next} has anything to decide: else nothing waits to be started. */
  boolean mayStart() {
    return stop != null || lineup.anyWaits() || judge.inDoubt();
  }

  long wakeAt() {
    return wakeAt;
  }

  /** What {@link #next} returned is about to be handed over. */
  void begin(Flight flight, long now) {
    lineup.started(flight);
    if (judge.inDoubt()) {
      judge.witnessStarts();
    } else {
      gate.started(flight);
    }
    pace.started(now);
    underWay.add(flight);
    flight.attempts++;
    flight.call = ++calls;
    tally.started(flight, now, times.clock());
  }

  void finished(Flight flight, Outcome outcome, long now) {
    if (underWay.remove(flight) && !flight.over()) {
      stopWhere(judge.finished(flight, outcome, moment(now)), now);
    }
  }

  /**
   * Decides about the suspects, where nothing else is left to start.
   *
   * @return whether any was set aside, so that the run may go on
   */
  boolean conclude(long now) {
    boolean suspected = stop == null && judge.anySuspects();
    if (suspected) {
      stopWhere(judge.conclude(), now);
    }
    return suspected && stop == null;
  }

  private Moment moment(long now) {
    return new Moment(now, stop != null, underWay.size());
  }

  private void unblock(long now) {
    if (stop == null) {
      stopWhere(judge.unblock(moment(now)), now);
    }
  }

  private void stopWhere(@Nullable Stop due, long now) {
    if (due != null) {
      stop(due, now);
    }
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
      judge.takeSuspects().forEach(flight -> giveBack(flight, reason));
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
          asked.text() + " while " + gate.reason() + judge.inARow(now),
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
        judge.calls(),
        gate.reason());
  }

  private static void withdraw(Flight flight, Stop reason) {
    flight.end(reason.recordable() ? flight.pending() : null);
  }

  /** The same for what gives its claim back; where that is recorded, nothing is left to record. */
  private static void giveBack(Flight flight, Stop reason) {
    flight.end(reason.recordable() && flight.claimed ? flight.givenBack() : null);
  }
}
