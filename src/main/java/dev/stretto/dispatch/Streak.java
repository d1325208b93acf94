package dev.stretto.dispatch;

import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The calls that ended otherwise than delivered since the last delivery, and what they tell: that
 * single messages fail, or that the destination does. Not thread-safe: the dispatcher's lock guards
 * it.
 */
final class Streak {

  /** What the streak says of the destination. */
  enum Verdict {
    /** Nothing: failures are the messages'. */
    NONE,
    /** It may be the destination; a call that is under way may still show that it takes others. */
    DOUBTED,
    /** It is the destination: failures are nobody's until it takes a call. */
    DOWN
  }

  private final int after;
  private Verdict verdict = Verdict.NONE;
  private int calls;
  private int refusals;

  /** The one of them that started first, as {@link Task#call}. */
  private long first;

  /**
   * The delivered call of the run that started last, as {@link Task#call}; 0 where there is none.
   */
  private long latestDelivered;

  private long since;

  /** A message of theirs; null where there is none. */
  private @Nullable Task one;

  /** How many messages they are of: 0, 1, or 2 for more than one. */
  private int messages;

  /** Those of several destinations whose calls they are; at most {@link #after}. */
  private final Set<String> destinations = new HashSet<>();

  private String reason = "";

  /**
   * @param after how many calls of at least two messages make a verdict; 0 means that none do
   */
  Streak(int after) {
    this.after = after;
  }

  /** Whether every failure is the message's. */
  boolean off() {
    return after == 0;
  }

  Verdict verdict() {
    return verdict;
  }

  /** How many calls in a row. */
  int calls() {
    return calls;
  }

  /** Whether all of them were refused, so that waiting is of no use. */
  boolean refusedOnly() {
    return calls > 0 && refusals == calls;
  }

  /** What the destination said last; empty where nothing failed since the last delivery. */
  String reason() {
    return reason;
  }

  /** When the first of them ended, in nanoseconds. */
  long since() {
    return since;
  }

  /**
   * Counts a call that was not delivered. One of a message that failed before, while others were
   * delivered, says nothing of the destination. Of several destinations each counts once: one of
   * them, whatever calls go there, says nothing of the others.
   */
  void add(Task task, String why, boolean refused, long now) {
    if (shown(task.firstFailed) || countedBefore(task.destination)) {
      return;
    }
    if (calls == 0) {
      since = now;
      first = task.call;
    }
    first = Math.min(first, task.call);
    if (one == null) {
      one = task;
      messages = 1;
    } else if (one != task) {
      messages = 2;
    }
    calls++;
    refusals += refused ? 1 : 0;
    reason = why;
  }

  private boolean countedBefore(@Nullable String destination) {
    return destination != null && (destinations.size() == after || !destinations.add(destination));
  }

  /**
   * A call was delivered.
   *
   * @return whether that ended the streak; not where it started before all of a streak that casts
   *     doubt on the destination
   */
  boolean delivered(Task task) {
    latestDelivered = Math.max(latestDelivered, task.call);
    if (verdict != Verdict.NONE && task.call < first) {
      return false;
    }
    verdict = Verdict.NONE;
    calls = 0;
    refusals = 0;
    one = null;
    messages = 0;
    destinations.clear();
    reason = "";
    return true;
  }

  /**
   * Whether a call that started after this one was delivered, which shows that the destination
   * takes others.
   *
   * @param call as {@link Task#call}; 0 means none, of which nothing was shown
   */
  boolean shown(long call) {
    return call > 0 && latestDelivered > call;
  }

  /** Whether it is long enough for a verdict that was not yet passed. */
  boolean castsDoubt() {
    return verdict == Verdict.NONE && after > 0 && calls >= after && messages > 1;
  }

  void doubt() {
    verdict = Verdict.DOUBTED;
  }

  void down() {
    verdict = Verdict.DOWN;
  }
}
