package dev.stretto.dispatch;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * Messages that give their claims back, and which of them go back in line, before all that was
 * never claimed. Not thread-safe: the dispatcher's lock guards it.
 */
final class GivenBack {

  /** Whose claims were given back, and which are in line again. */
  private final PriorityQueue<Task> inLine =
      new PriorityQueue<>(Comparator.comparingLong(task -> task.turn));

  /** Whose claims are to be given back, not yet taken by {@link #take}. */
  private List<Task> releasing = new ArrayList<>();

  /** How many go back in line once their claims are given back. */
  private int returning;

  /** How many that were in line again are being claimed. */
  private int reclaiming;

  /**
   * Has a claim given back.
   *
   * @param returns whether the message goes back in line then
   */
  void add(Task task, boolean returns) {
    if (returns && !task.returning) {
      task.returning = true;
      returning++;
    }
    if (task.claimed && !task.releasing) {
      task.releasing = true;
      releasing.add(task);
    } else if (!task.claimed && task.returning) {
      released(task);
    }
  }

  /** Takes those whose claims are to be given back, for that to be recorded. */
  List<Task> take() {
    List<Task> taken = releasing.stream().filter(task -> !task.over()).toList();
    releasing.forEach(task -> task.releasing = !task.over());
    releasing = new ArrayList<>();
    return taken;
  }

  /** Whether {@link #take} would return any. */
  boolean anyToTake() {
    return !releasing.isEmpty();
  }

  /** The claim was given back. */
  void released(Task task) {
    task.releasing = false;
    if (task.returning) {
      task.returning = false;
      returning--;
      if (!task.over()) {
        inLine.add(task);
      }
    }
  }

  /** Whether some are still to come into line: nothing may be claimed before them. */
  boolean someReturn() {
    return returning > 0;
  }

  /** Whether none is in line. */
  boolean isEmpty() {
    return inLine.isEmpty();
  }

  /** Whether the first in line was called in this run. */
  boolean calledIsFirst() {
    Task first = inLine.peek();
    return first != null && first.call > 0;
  }

  /** Takes the first in line, to be claimed again; null where there is none. */
  @Nullable Task poll() {
    if (!inLine.isEmpty()) {
      reclaiming++;
    }
    return inLine.poll();
  }

  /** Those taken from the line are claimed. */
  void reclaimed() {
    reclaiming = 0;
  }

  /**
   * Whether nothing may start because one of these may come before it.
   *
   * @param room whether another one can be claimed now
   */
  boolean awaited(boolean room) {
    return returning > 0 || reclaiming > 0 || (room && !inLine.isEmpty());
  }

  /** Takes out all that are in line. */
  List<Task> withdraw() {
    List<Task> withdrawn = new ArrayList<>(inLine);
    inLine.clear();
    return withdrawn;
  }
}
