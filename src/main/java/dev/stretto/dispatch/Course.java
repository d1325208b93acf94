package dev.stretto.dispatch;

import dev.stretto.dispatch.DispatchSettings.OnExhausted;
import dev.stretto.dispatch.DispatchSettings.OnUnknown;
import dev.stretto.dispatch.Stop.Reason;
import dev.stretto.outbox.Message;
import dev.stretto.outbox.Settlement;
import dev.stretto.outbox.Status;
import dev.stretto.transport.Outcome;
import dev.stretto.transport.Outcome.Delivered;
import dev.stretto.transport.Outcome.Refused;
import dev.stretto.transport.Outcome.Rejected;
import dev.stretto.transport.Outcome.RetryLater;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The course of a channel's run: what may start when, and what each outcome leads to. It waits for
 * nothing, starts no thread and reads no clock, so that a test can take it through any schedule.
 * Not safe for threads: the dispatcher's lock guards it. Times are nanoseconds on the dispatcher's
 * clock.
 */
final class Course {

  private final DispatchSettings settings;
  private final Times times;
  private final Lineup lineup;
  private final StartGate gate;
  private final Pace pace;
  private final Backoff backoff;
  private final Tally tally = new Tally();
  private final Set<Flight> underWay = new HashSet<>();
  private @Nullable Stop stop;
  private long wakeAt = Long.MAX_VALUE;

  Course(DispatchSettings settings, Times times) {
    this.settings = settings;
    this.times = times;
    this.lineup = new Lineup(settings);
    this.gate = new StartGate(settings.unavailable());
    this.pace = new Pace(settings.rate(), settings.stagger());
    this.backoff = new Backoff(settings.retry(), times.random());
  }

  /** To be called before anything starts: an earlier run was asked to wait. */
  void closeGate(long now, Duration remaining, String reason) {
    gate.closed(now, remaining, reason);
  }

  Flight offer(Message message) {
    Flight flight = lineup.offer(message);
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

  List<Flight> pick(int settling) {
    return stop == null ? lineup.pick(settling) : List.of();
  }

  void claimed(List<Flight> flights) {
    Stop reason = stop;
    if (reason == null) {
      lineup.claimed(flights);
    } else {
      flights.forEach(flight -> withdraw(flight, reason));
    }
  }

  void recorded(List<Flight> flights, long now) {
    for (Flight flight : flights) {
      lineup.recorded(flight);
      tally.recorded(flight.settlement(), now);
    }
  }

  /** Whether everything offered was recorded or withdrawn. */
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
    if (stop == null && gate.beyondPatience()) {
      stop(new Stop(Reason.UNAVAILABLE, gate.reason(), gate.asked(now)), now);
    }
    if (stop != null) {
      return null;
    }
    Flight first = firstSendable(now);
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

  /**
   * What can't be sent is parked when its turn has come, whatever the destination is like, for it
   * has no part in it.
   */
  private @Nullable Flight firstSendable(long now) {
    Flight first = lineup.next(now);
    while (first != null && first.message().problem() != null) {
      lineup.started(first);
      park(first, first.message().problem());
      first = lineup.next(now);
    }
    return first;
  }

  /** Whether {@link #next} has anything to decide: else nothing waits to be started. */
  boolean mayStart() {
    return stop != null || lineup.anyWaits();
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
    tally.started(flight, now, times.clock());
  }

  void finished(Flight flight, Outcome outcome, long now) {
    if (!underWay.remove(flight) || flight.over()) {
      return;
    }
    switch (outcome) {
      case Delivered _ -> {
        gate.answered(flight);
        settle(flight, Status.DELIVERED, null);
      }
      case Rejected rejected when rejected.refused() == Refused.UNSENDABLE -> {
        flight.attempts--;
        gate.unused(flight);
        park(flight, rejected.reason());
      }
      case Rejected rejected -> {
        gate.answered(flight);
        exhausted(flight, rejected.reason(), now);
        if (rejected.refused() == Refused.CHANNEL) {
          stop(new Stop(Reason.SWITCHED_OFF, rejected.reason(), null), now);
        }
      }
      case RetryLater later -> retryLater(flight, later, now);
    }
  }

  private void retryLater(Flight flight, RetryLater later, long now) {
    flight.lastError = later.reason();
    switch (later.fault()) {
      case UNAVAILABLE -> {
        flight.attempts--;
        gate.unavailable(flight, later, now);
        if (stop == null) {
          lineup.putBack(flight);
        } else {
          settle(flight, Status.PENDING, later.reason());
        }
      }
      case UNTAKEN -> {
        flight.attempts--;
        gate.answered(flight);
        if (stop == null) {
          lineup.putBack(flight);
        } else {
          settle(flight, Status.PENDING, later.reason());
        }
      }
      case UNKNOWN -> {
        gate.unanswered(flight, later, now);
        if (settings.onUnknown() == OnUnknown.QUARANTINE) {
          park(flight, "outcome unknown: " + later.reason());
        } else {
          failed(flight, later.reason(), now);
        }
      }
      case FAILED -> {
        gate.answered(flight);
        failed(flight, later.reason(), now);
      }
    }
  }

  private void failed(Flight flight, String reason, long now) {
    if (flight.faults + 1 >= settings.retry().attempts()) {
      exhausted(flight, reason, now);
    } else if (stop == null) {
      lineup.again(flight, now + backoff.nanos(flight.faults + 1));
    } else {
      settle(flight, Status.PENDING, reason);
    }
  }

  private void exhausted(Flight flight, String reason, long now) {
    switch (settings.onExhausted()) {
      case PARK, BLOCK_KEY -> park(flight, reason);
      case HOLD -> {
        settle(flight, Status.PENDING, reason);
        stop(
            new Stop(
                Reason.HELD,
                "message " + flight.message().messageId() + " stays first in line: " + reason,
                null),
            now);
      }
    }
  }

  private void park(Flight flight, String reason) {
    Lane lane = flight.lane;
    boolean blocks = false;
    if (lane != null && settings.onExhausted() == OnExhausted.BLOCK_KEY) {
      lineup.block(lane);
      blocks = true;
    }
    flight.end(settlement(flight, Status.PARKED, reason, blocks));
  }

  /**
   * Only the first stop counts. Where the time is up while nothing but retries is waited for, the
   * destination takes nothing: the run has to be tried again later.
   */
  void stop(Stop asked, long now) {
    if (stop == null) {
      Stop reason =
          asked.reason() == Reason.TIME_UP && underWay.isEmpty() && lineup.onlyRetriesWait(now)
              ? new Stop(
                  Reason.UNAVAILABLE,
                  asked.text() + " while what was started waits to be sent again",
                  null)
              : asked;
      stop = reason;
      lineup.withdrawOffered().forEach(flight -> flight.end(null));
      lineup.withdrawClaimed().forEach(flight -> withdraw(flight, reason));
      if (!reason.recordable()) {
        abandon();
      }
    }
  }

  /** Ends what is under way without a settlement. */
  void abandon() {
    underWay.forEach(flight -> flight.end(null));
  }

  Counts counts() {
    return tally.counts(underWay.size(), gate.closed());
  }

  private void withdraw(Flight flight, Stop reason) {
    if (reason.recordable()) {
      settle(flight, Status.PENDING, flight.lastError);
    } else {
      flight.end(null);
    }
  }

  private static void settle(Flight flight, Status status, @Nullable String error) {
    flight.end(settlement(flight, status, error, false));
  }

  private static Settlement settlement(
      Flight flight, Status status, @Nullable String error, boolean blocksKey) {
    return new Settlement(
        flight.message(),
        status,
        flight.attempts,
        error,
        flight.startNumber,
        flight.startedAt,
        blocksKey);
  }
}
