package dev.stretto.dispatch;

import dev.stretto.dispatch.Stop.Reason;
import dev.stretto.transport.Outcome.Refused;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * Messages to which no further call is due, but of which nobody knows yet whether they or the
 * destination are to blame. Not thread-safe: the dispatcher's lock guards it.
 */
final class Suspects {

  private final Duration giveUp;
  private final InstantSource clock;
  private final Streak streak;
  private final PriorityQueue<Task> byCall =
      new PriorityQueue<>(Comparator.comparingLong(task -> task.call));

  Suspects(Duration giveUp, InstantSource clock, Streak streak) {
    this.giveUp = giveUp;
    this.clock = clock;
    this.streak = streak;
  }

  void add(Task task) {
    byCall.add(task);
  }

  boolean isEmpty() {
    return byCall.isEmpty();
  }

  /** The one whose latest call started first; there must be one. */
  Task first() {
    return byCall.element();
  }

  /** Takes those of which a later call has shown that the destination takes others. */
  List<Task> takeShown() {
    List<Task> shown = new ArrayList<>();
    while (!byCall.isEmpty() && streak.shown(byCall.element().call)) {
      shown.add(byCall.remove());
    }
    return shown;
  }

  List<Task> takeAll() {
    List<Task> all = new ArrayList<>(byCall);
    byCall.clear();
    return all;
  }

  /** Takes those that are charged with their failures where nothing else is left to start. */
  List<Task> takeChargeable() {
    List<Task> charged = byCall.stream().filter(this::chargeable).toList();
    byCall.removeAll(charged);
    return charged;
  }

  /**
   * Whether a message is charged with its failures though none of the calls after its last was
   * delivered: it was refused as it is, it failed before while others were delivered, or it has
   * waited for too long.
   */
  boolean chargeable(Task task) {
    return task.refused == Refused.MESSAGE || streak.shown(task.firstFailed) || waitedTooLong(task);
  }

  private boolean waitedTooLong(Task task) {
    Instant first = task.firstStart();
    return first != null && !first.plus(giveUp).isAfter(clock.instant());
  }

  /** Why a run ends with this message first in line. */
  Stop kept(Task task) {
    String text =
        "message "
            + task.message().messageId()
            + " stays first in line: "
            + task.lastError
            + advice(task);
    return new Stop(task.refused == null ? Reason.UNAVAILABLE : Reason.REFUSED, text, null);
  }

  private String advice(Task task) {
    if (chargeable(task)) {
      return "";
    }
    return task.refused == null
        ? "; nothing else was delivered since, so it may be the destination"
        : "; nothing else was delivered since: mend the address or the credentials";
  }
}
