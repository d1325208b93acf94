package dev.stretto.dispatch;

import dev.stretto.dispatch.DispatchSettings.OnExhausted;
import dev.stretto.dispatch.DispatchSettings.Ordering;
import dev.stretto.message.Message;
import dev.stretto.message.Status;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The lanes of a channel: in each, one message goes ahead, and the next follows once that is
 * settled. A blocked lane lets nothing follow before a person has decided. Not thread-safe: the
 * dispatcher's lock guards it.
 */
final class Lanes {

  private static final Object WHOLE_CHANNEL = new Object();

  private final Ordering ordering;
  private final boolean blockKeys;
  private final Map<Object, Lane> lanes = new HashMap<>();

  /** How many are behind the heads of their lanes, where the key may be called. */
  private int behind;

  /** How many are so where it may not be called yet. */
  private int behindWaiting;

  /** Those of blocked lanes, not yet taken by {@link #takeHeldBack}. */
  private List<Task> heldBack = new ArrayList<>();

  Lanes(DispatchSettings settings) {
    this.ordering = settings.ordering();
    this.blockKeys = settings.onExhausted() == OnExhausted.BLOCK_KEY;
  }

  /** The lane that a message belongs to; null where it follows nobody. */
  @Nullable Lane of(Message message) {
    return switch (ordering) {
      case START -> null;
      case KEY ->
          message.orderingKey() == null
              ? null
              : lanes.computeIfAbsent(message.orderingKey(), key -> new Lane());
      case STRICT -> lanes.computeIfAbsent(WHOLE_CHANNEL, key -> new Lane());
    };
  }

  /**
   * A message is offered.
   *
   * @return whether it is at the head of its lane; else it waits behind that, or is held back
   */
  boolean enter(Task task) {
    Lane lane = task.lane;
    if (lane == null) {
      return true;
    }
    if (lane.blocked) {
      holdBack(task);
      return false;
    }
    if (lane.busy) {
      lane.behind.add(task);
      count(lane, 1);
      return false;
    }
    lane.busy = true;
    return true;
  }

  /**
   * What became of the head of a lane is recorded.
   *
   * @return the next head, or null where none waits
   */
  @Nullable Task leave(Task task) {
    Lane lane = task.lane;
    if (lane == null) {
      return null;
    }
    Task head = lane.behind.poll();
    if (head != null) {
      count(lane, -1);
      return head;
    }
    lane.busy = false;
    if (ordering == Ordering.KEY && !lane.blocked) {
      lanes.remove(task.message().orderingKey());
    }
    return null;
  }

  /** Sets a message aside; where that blocks its key, what follows it is held back. */
  void park(Task task) {
    Lane lane = task.lane;
    boolean blocks = lane != null && blockKeys;
    if (lane != null && blocks) {
      block(lane);
    }
    task.end(task.settlement(Status.PARKED, task.attempts, task.lastError, blocks));
  }

  private void block(Lane lane) {
    lane.blocked = true;
    count(lane, -lane.behind.size());
    lane.behind.forEach(this::holdBack);
    lane.behind.clear();
  }

  private void holdBack(Task task) {
    heldBack.add(task);
    task.end(null);
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

  /** Takes those that were held back since the last time. */
  List<Task> takeHeldBack() {
    List<Task> taken = heldBack;
    heldBack = new ArrayList<>();
    return taken;
  }

  /** The key of the message at the head may not be called yet, or may be again. */
  void setWaits(Task head, boolean waits) {
    Lane lane = head.lane;
    if (lane != null) {
      count(lane, -lane.behind.size());
      lane.waits = waits;
      count(lane, lane.behind.size());
    }
  }

  private void count(Lane lane, int more) {
    if (lane.waits) {
      behindWaiting += more;
    } else {
      behind += more;
    }
  }

  /** How many wait behind the heads of their lanes, where the key may be called. */
  int behind() {
    return behind;
  }

  /** How many do where it may not be called yet. */
  int behindWaiting() {
    return behindWaiting;
  }

  /** Takes out all that wait behind the heads of their lanes. */
  List<Task> withdraw() {
    List<Task> withdrawn = new ArrayList<>();
    for (Lane lane : lanes.values()) {
      withdrawn.addAll(lane.behind);
      lane.behind.clear();
    }
    behind = 0;
    behindWaiting = 0;
    return withdrawn;
  }

  /** The messages of one key, or all of a strict channel. */
  static final class Lane {

    /** Those behind the head, in order. */
    private final ArrayDeque<Task> behind = new ArrayDeque<>();

    /** Whether a message of the lane is at its head: claimable, or claimed and not yet recorded. */
    private boolean busy;

    /** Whether the key of the message at its head may not be called yet. */
    private boolean waits;

    /** Whether what is offered is held back: a message of the key was set aside. */
    private boolean blocked;
  }
}
