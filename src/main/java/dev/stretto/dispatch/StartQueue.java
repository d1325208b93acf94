package dev.stretto.dispatch;

import dev.stretto.dispatch.DispatchSettings.Ordering;
import dev.stretto.dispatch.DispatchSettings.WhileRetrying;
import dev.stretto.message.Message;
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
final class StartQueue {

  private static final Comparator<Task> BY_TURN = Comparator.comparingLong(f -> f.turn);
  private static final Comparator<Task> BY_POSITION =
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
  private final ArrayDeque<Task> claimable = new ArrayDeque<>();

  /** Durably claimed, never started in this run. */
  private final PriorityQueue<Task> ready = new PriorityQueue<>(BY_TURN);

  private final PriorityQueue<Task> backingOff =
      new PriorityQueue<>(Comparator.comparingLong(f -> f.dueAt));
  private final PriorityQueue<Task> due = new PriorityQueue<>(BY_POSITION);

  /** They go before all that is claimable. */
  private final GivenBack givenBack = new GivenBack();

  /** How many were suspects and were set aside, and are not recorded yet. */
  private int judged;

  /** Those behind a blocked head, not yet taken by {@link #takeHeldBack}. */
  private List<Task> heldBack = new ArrayList<>();

  private long turns;
  private int offered;
  private int claims;
  private int failing;

  StartQueue(DispatchSettings settings) {
    this.ordering = settings.ordering();
    this.holdWhileRetrying = settings.whileRetrying() == WhileRetrying.HOLD;
    this.window = settings.window();
    this.lookAhead = settings.lookAhead();
  }

  /** Adds a message behind all those offered before. */
  Task offer(Message message) {
    Lane lane = laneOf(message);
    Task task = new Task(message, lane);
    if (lane != null && lane.blocked) {
      holdBack(task);
      return task;
    }
    offered++;
    if (lane != null && lane.busy) {
      lane.behind.add(task);
    } else {
      toHead(task);
    }
    return task;
  }

  private void toHead(Task task) {
    if (task.lane != null) {
      task.lane.busy = true;
    }
    task.turn = ++turns;
    claimable.add(task);
  }

  private void holdBack(Task task) {
    heldBack.add(task);
    task.end(null);
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

  List<Task> takeHeldBack() {
    List<Task> taken = heldBack;
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
  void judged(Task task) {
    task.judged = true;
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
  List<Task> pick(int leaving) {
    List<Task> picked = new ArrayList<>();
    while (pickable(leaving)) {
      Task task = givenBack.poll();
      if (task == null) {
        task = claimable.remove();
        offered--;
      }
      task.claimed = true;
      claims++;
      picked.add(task);
    }
    return picked;
  }

  void claimed(List<Task> tasks) {
    givenBack.reclaimed();
    for (Task task : tasks) {
      if (givenBack.someReturn()) {
        giveBack(task, true);
      } else if (task.call > 0) {
        due.add(task);
      } else {
        ready.add(task);
      }
    }
  }

  /**
   * Has a claim given back, so that the message needs no place in the window.
   *
   * @param inLine whether the message goes back in line then
   */
  void giveBack(Task task, boolean inLine) {
    givenBack.add(task, inLine);
  }

  /** Takes those whose claims are to be given back, for that to be recorded. */
  List<Task> takeReleasing() {
    return givenBack.take();
  }

  boolean anyReleasing() {
    return givenBack.anyToTake();
  }

  /** The claim was given back. */
  void released(Task task) {
    if (task.claimed) {
      task.claimed = false;
      claims--;
    }
    givenBack.released(task);
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
  @Nullable Task next(long now) {
    while (!backingOff.isEmpty() && backingOff.element().dueAt <= now) {
      due.add(backingOff.remove());
    }
    if (!due.isEmpty()) {
      return due.element();
    }
    return holdsNewStarts() ? null : ready.peek();
  }

  /** Of those that were never started the first, where it may start now; else null. */
  @Nullable Task nextNew() {
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
  void started(Task task) {
    if (due.peek() == task) {
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
  void again(Task task, long dueAt) {
    task.dueAt = dueAt;
    backingOff.add(task);
  }

  /** Whether a message that was started waits to be sent again. */
  boolean retriesWait() {
    return !due.isEmpty() || !backingOff.isEmpty();
  }

  /**
   * Puts a started message back, because the destination took no calls: as if it had not been
   * started.
   */
  void putBack(Task task) {
    due.add(task);
  }

  /** What became of the message was recorded: its place in the window and its lane are free. */
  void recorded(Task task) {
    if (task.claimed) {
      task.claimed = false;
      claims--;
    }
    if (task.judged) {
      task.judged = false;
      judged--;
    }
    if (task.failing()) {
      failing--;
    }
    Lane lane = task.lane;
    if (lane != null) {
      Task head = lane.behind.poll();
      if (head == null) {
        lane.busy = false;
        if (ordering == Ordering.KEY && !lane.blocked) {
          lanes.remove(task.message().orderingKey());
        }
      } else {
        toHead(head);
      }
    }
  }

  /** Takes out all that were started and are not under way. */
  List<Task> withdrawRetries() {
    List<Task> withdrawn = new ArrayList<>(due);
    withdrawn.addAll(backingOff);
    due.clear();
    backingOff.clear();
    return withdrawn;
  }

  /** Takes out all that are claimed and not under way. */
  List<Task> withdrawClaimed() {
    List<Task> withdrawn = withdrawRetries();
    withdrawn.addAll(ready);
    ready.clear();
    return withdrawn;
  }

  /** Takes out all that were only offered. */
  List<Task> withdrawOffered() {
    List<Task> withdrawn = givenBack.withdraw();
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
