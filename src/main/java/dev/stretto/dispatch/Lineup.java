package dev.stretto.dispatch;

import dev.stretto.dispatch.DispatchSettings.Ordering;
import dev.stretto.dispatch.DispatchSettings.WhileRetrying;
import dev.stretto.outbox.Message;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * Who is next: the messages offered, claimed, and waiting to be sent again. Not safe for threads:
 * the dispatcher's lock guards it. It knows no clock and no thread, so that tests can drive it
 * through any schedule.
 */
final class Lineup {

  private static final Comparator<Flight> BY_TURN = Comparator.comparingLong(f -> f.turn);
  private static final Comparator<Flight> BY_POSITION =
      Comparator.comparingLong(f -> f.message().position());
  private static final Object ONE_LANE = new Object();

  private final Ordering ordering;
  private final boolean holdWhileRetrying;
  private final int window;
  private final int lookAhead;
  private final Map<Object, Lane> lanes = new HashMap<>();

  /**
   * Offered and free to be claimed: heads of their lanes, in the order in which they came to be.
   * Among keys a long lane thus waits its turn behind every other after each of its messages.
   */
  private final ArrayDeque<Flight> claimable = new ArrayDeque<>();

  /** Durably claimed, never started in this run. */
  private final PriorityQueue<Flight> ready = new PriorityQueue<>(BY_TURN);

  private final PriorityQueue<Flight> backingOff =
      new PriorityQueue<>(Comparator.comparingLong(f -> f.dueAt));
  private final PriorityQueue<Flight> due = new PriorityQueue<>(BY_POSITION);

  /** They go before all that is claimable. */
  private final GivenBack givenBack = new GivenBack();

  /** How many were suspects and were set aside, and are not recorded yet. */
  private int judged;

  /** Those behind a blocked head, not yet taken by {@link #takeHeldBack}. */
  private List<Flight> heldBack = new ArrayList<>();

  private long turns;
  private int offered;
  private int claims;
  private int failing;

  Lineup(DispatchSettings settings) {
    this.ordering = settings.ordering();
    this.holdWhileRetrying = settings.whileRetrying() == WhileRetrying.HOLD;
    this.window = settings.window();
    this.lookAhead = settings.lookAhead();
  }

  /** Adds a message behind all those offered before. */
  Flight offer(Message message) {
    Lane lane = laneOf(message);
    Flight flight = new Flight(message, lane);
    if (lane != null && lane.blocked) {
      holdBack(flight);
      return flight;
    }
    offered++;
    if (lane != null && lane.busy) {
      lane.behind.add(flight);
    } else {
      toHead(flight);
    }
    return flight;
  }

  private void toHead(Flight flight) {
    if (flight.lane != null) {
      flight.lane.busy = true;
    }
    flight.turn = ++turns;
    claimable.add(flight);
  }

  private void holdBack(Flight flight) {
    heldBack.add(flight);
    flight.end(null);
  }

  /** Holds back what is behind the lane's head, and what will be offered to the lane. */
  void block(Lane lane) {
    lane.blocked = true;
    offered -= lane.behind.size();
    lane.behind.forEach(this::holdBack);
    lane.behind.clear();
  }

  /** What is offered to that key's lane from now on is lined up again. */
  void unblock(String key) {
    Lane lane = lanes.get(key);
    if (lane != null && lane.blocked) {
      lane.blocked = false;
      if (!lane.busy) {
        lanes.remove(key);
      }
    }
  }

  List<Flight> takeHeldBack() {
    List<Flight> taken = heldBack;
    heldBack = new ArrayList<>();
    return taken;
  }

  private @Nullable Lane laneOf(Message message) {
    return switch (ordering) {
      case START -> null;
      case KEY ->
          message.orderingKey() == null
              ? null
              : lanes.computeIfAbsent(message.orderingKey(), key -> new Lane());
      case STRICT -> lanes.computeIfAbsent(ONE_LANE, key -> new Lane());
    };
  }

  /** Whether as many wait to be claimed as are read ahead. */
  boolean full() {
    return offered >= lookAhead;
  }

  /**
   * Whether whoever waits for room should go on: once there is some, and half of it can be filled
   * at a time. What waits behind others of its key does not count, for it is of no use to the rest.
   */
  boolean wantsMore() {
    return !full() && claimable.size() <= lookAhead / 2;
  }

  /** Whether nothing is left but what waits behind others of its lane. */
  boolean idle() {
    return claims == 0 && claimable.isEmpty() && givenBack.isEmpty() && allRecorded();
  }

  /** Whether what became of every suspect that was set aside is recorded. */
  boolean allRecorded() {
    return judged == 0;
  }

  /** A suspect is set aside; what waits behind it in its lane is still to come. */
  void judged(Flight flight) {
    flight.judged = true;
    judged++;
  }

  /** Nothing is picked while more is to come that goes before it. */
  boolean pickable(int settling) {
    return claims < window + settling
        && !givenBack.someReturn()
        && !(claimable.isEmpty() && givenBack.isEmpty());
  }

  /**
   * Takes the messages to claim now, in order.
   *
   * <p>INVARIANT: picked and not yet recorded never exceed the window, once those that are being
   * settled or given back in the same transaction are taken off, so that a crash re-sends no more
   * than that.
   *
   * @param leaving how many claims end in that transaction, 0 or more
   */
  List<Flight> pick(int leaving) {
    List<Flight> picked = new ArrayList<>();
    while (pickable(leaving)) {
      Flight flight = givenBack.poll();
      if (flight == null) {
        flight = claimable.remove();
        offered--;
      }
      flight.claimed = true;
      claims++;
      picked.add(flight);
    }
    return picked;
  }

  void claimed(List<Flight> flights) {
    givenBack.reclaimed();
    for (Flight flight : flights) {
      if (givenBack.someReturn()) {
        giveBack(flight, true);
      } else if (flight.call > 0) {
        due.add(flight);
      } else {
        ready.add(flight);
      }
    }
  }

  /**
   * Has a claim given back, so that the message needs no place in the window.
   *
   * @param inLine whether the message goes back in line then
   */
  void giveBack(Flight flight, boolean inLine) {
    givenBack.add(flight, inLine);
  }

  /** Takes those whose claims are to be given back, for that to be recorded. */
  List<Flight> takeReleasing() {
    return givenBack.take();
  }

  boolean anyReleasing() {
    return givenBack.anyToTake();
  }

  /** The claim was given back. */
  void released(Flight flight) {
    if (flight.claimed) {
      flight.claimed = false;
      claims--;
    }
    givenBack.released(flight);
  }

  /** Whether what goes back in line is on its way there, so that nothing may start before it. */
  boolean awaitsReturned() {
    return givenBack.awaited(claims < window);
  }

  /**
   * The message to start next: of those due to be sent again the first, else of the claimed ones
   * the first.
   *
   * <p>INVARIANT: `ready` holds every claimed message that was never started, and picks happen in
   * the order of turns, so that the head of `ready` precedes all that will ever follow it. Turns
   * are given in the order of offers, but for the messages of a key, whose turn comes once the one
   * before is settled.
   */
  @Nullable Flight next(long now) {
    while (!backingOff.isEmpty() && backingOff.element().dueAt <= now) {
      due.add(backingOff.remove());
    }
    if (!due.isEmpty()) {
      return due.element();
    }
    return holdsNewStarts() ? null : ready.peek();
  }

  /** Of those that were never started the first, where it may start now; else null. */
  @Nullable Flight nextNew() {
    return holdsNewStarts() || awaitsReturned() ? null : ready.peek();
  }

  /**
   * Whether {@link #nextNew} has one, or may have one once what is being recorded is: claims that
   * neither wait nor are under way end, are given back or come to be then.
   *
   * @param underWay how many calls are under way, 0 or more
   */
  boolean newToCome(int underWay) {
    int recording = claims - ready.size() - due.size() - backingOff.size() - underWay;
    return !holdsNewStarts() && (!ready.isEmpty() || recording > 0 || pickable(0));
  }

  /** Whether anything is left to be started, at once or later. */
  boolean anyWaits() {
    return !ready.isEmpty() || !due.isEmpty() || !backingOff.isEmpty();
  }

  /** Removes what {@link #next} returned. */
  void started(Flight flight) {
    if (due.peek() == flight) {
      due.remove();
    } else {
      ready.remove();
    }
  }

  /**
   * When the first of those waiting to be sent again is due; {@code Long.MAX_VALUE} if none waits.
   */
  long nextDue() {
    return backingOff.isEmpty() ? Long.MAX_VALUE : backingOff.element().dueAt;
  }

  /** Whether nothing is left to be started but what waits to be sent again, if that is anything. */
  boolean onlyRetriesWait(long now) {
    return !backingOff.isEmpty() && next(now) == null && (holdWhileRetrying || !pickable(0));
  }

  /** A message's call failed; later ones may have to wait until it is settled. */
  void failed() {
    failing++;
  }

  /** What failed is absolved or settled. */
  void failedNoMore() {
    failing--;
  }

  boolean holdsNewStarts() {
    return holdWhileRetrying && failing > 0;
  }

  /** Lines a started message up to be sent again, because its attempt failed. */
  void again(Flight flight, long dueAt) {
    flight.dueAt = dueAt;
    backingOff.add(flight);
  }

  /** Whether a message that was started waits to be sent again. */
  boolean retriesWait() {
    return !due.isEmpty() || !backingOff.isEmpty();
  }

  /**
   * Puts a started message back, because the destination took no calls: as if it had not been
   * started.
   */
  void putBack(Flight flight) {
    due.add(flight);
  }

  /** What became of the message was recorded: its place in the window and its lane are free. */
  void recorded(Flight flight) {
    if (flight.claimed) {
      flight.claimed = false;
      claims--;
    }
    if (flight.judged) {
      flight.judged = false;
      judged--;
    }
    if (flight.failing()) {
      failing--;
    }
    Lane lane = flight.lane;
    if (lane != null) {
      Flight head = lane.behind.poll();
      if (head == null) {
        lane.busy = false;
        if (ordering == Ordering.KEY && !lane.blocked) {
          lanes.remove(flight.message().orderingKey());
        }
      } else {
        toHead(head);
      }
    }
  }

  /** Takes out all that were started and are not under way. */
  List<Flight> withdrawRetries() {
    List<Flight> withdrawn = new ArrayList<>(due);
    withdrawn.addAll(backingOff);
    due.clear();
    backingOff.clear();
    return withdrawn;
  }

  /** Takes out all that are claimed and not under way. */
  List<Flight> withdrawClaimed() {
    List<Flight> withdrawn = withdrawRetries();
    withdrawn.addAll(ready);
    ready.clear();
    return withdrawn;
  }

  /** Takes out all that were only offered. */
  List<Flight> withdrawOffered() {
    List<Flight> withdrawn = givenBack.withdraw();
    withdrawn.addAll(claimable);
    for (Lane lane : lanes.values()) {
      withdrawn.addAll(lane.behind);
      lane.behind.clear();
    }
    claimable.clear();
    offered = 0;
    return withdrawn;
  }
}
