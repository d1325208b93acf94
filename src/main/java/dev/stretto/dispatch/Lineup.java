package dev.stretto.dispatch;

import dev.stretto.dispatch.DispatchSettings.Ordering;
import dev.stretto.dispatch.DispatchSettings.WhileRetrying;
import dev.stretto.outbox.Message;
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

  private static final Comparator<Flight> BY_SEQUENCE = Comparator.comparingLong(f -> f.sequence);
  private static final Object ONE_LANE = new Object();

  private final Ordering ordering;
  private final boolean holdWhileRetrying;
  private final int window;
  private final Map<Object, Lane> lanes = new HashMap<>();

  /** Offered and free to be claimed: heads of their lanes. */
  private final PriorityQueue<Flight> claimable = new PriorityQueue<>(BY_SEQUENCE);

  /** Durably claimed, never started in this run. */
  private final PriorityQueue<Flight> ready = new PriorityQueue<>(BY_SEQUENCE);

  private final PriorityQueue<Flight> backingOff =
      new PriorityQueue<>(Comparator.comparingLong(f -> f.dueAt));
  private final PriorityQueue<Flight> due = new PriorityQueue<>(BY_SEQUENCE);

  private long sequence;
  private int offered;
  private int claims;
  private int failing;

  Lineup(DispatchSettings settings) {
    this.ordering = settings.ordering();
    this.holdWhileRetrying = settings.whileRetrying() == WhileRetrying.HOLD;
    this.window = settings.window();
  }

  /** Adds a message behind all those offered before. */
  Flight offer(Message message) {
    Lane lane = laneOf(message);
    Flight flight = new Flight(message, ++sequence, lane);
    offered++;
    if (lane == null) {
      claimable.add(flight);
    } else if (lane.busy) {
      lane.behind.add(flight);
    } else {
      lane.busy = true;
      claimable.add(flight);
    }
    return flight;
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

  /** How many were offered and not yet picked. */
  int offered() {
    return offered;
  }

  boolean idle() {
    return offered == 0 && claims == 0;
  }

  boolean pickable(int settling) {
    return claims < window + settling && !claimable.isEmpty();
  }

  /**
   * Takes the messages to claim now, in order.
   *
   * <p>INVARIANT: picked and not yet recorded never exceed the window, once those that are being
   * settled in the same transaction are taken off, so that a crash re-sends no more than that.
   */
  List<Flight> pick(int settling) {
    List<Flight> picked = new ArrayList<>();
    while (pickable(settling)) {
      picked.add(claimable.remove());
      offered--;
      claims++;
    }
    return picked;
  }

  void claimed(List<Flight> flights) {
    ready.addAll(flights);
  }

  /**
   * The message to start next: of those due to be sent again the first, else of the claimed ones
   * the first.
   *
   * <p>INVARIANT: `ready` holds every claimed message that was never started, and picks happen in
   * the order of offers, so that the head of `ready` precedes all that will ever follow it.
   */
  @Nullable Flight next(long now) {
    while (!backingOff.isEmpty() && backingOff.element().dueAt <= now) {
      due.add(backingOff.remove());
    }
    if (!due.isEmpty()) {
      return due.element();
    }
    return holdWhileRetrying && failing > 0 ? null : ready.peek();
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

  /** Lines a started message up to be sent again, because its attempt failed. */
  void again(Flight flight, long dueAt) {
    if (flight.faults++ == 0) {
      failing++;
    }
    flight.dueAt = dueAt;
    backingOff.add(flight);
  }

  /**
   * Puts a started message back, because the destination took no calls: as if it had not been
   * started.
   */
  void putBack(Flight flight) {
    due.add(flight);
  }

  /**
   * The claim was recorded as settled or given back: its place in the window and its lane are free.
   */
  void recorded(Flight flight) {
    claims--;
    if (flight.faults > 0) {
      failing--;
    }
    Lane lane = flight.lane;
    if (lane != null) {
      Flight head = lane.behind.poll();
      if (head == null) {
        lane.busy = false;
        if (ordering == Ordering.KEY) {
          lanes.remove(flight.message().orderingKey());
        }
      } else {
        claimable.add(head);
      }
    }
  }

  /** Takes out all that are claimed and not under way. */
  List<Flight> withdrawClaimed() {
    List<Flight> withdrawn = new ArrayList<>(due);
    withdrawn.addAll(backingOff);
    withdrawn.addAll(ready);
    due.clear();
    backingOff.clear();
    ready.clear();
    return withdrawn;
  }

  /** Takes out all that were only offered. */
  List<Flight> withdrawOffered() {
    List<Flight> withdrawn = new ArrayList<>(claimable);
    for (Lane lane : lanes.values()) {
      withdrawn.addAll(lane.behind);
      lane.behind.clear();
    }
    claimable.clear();
    offered = 0;
    return withdrawn;
  }
}
