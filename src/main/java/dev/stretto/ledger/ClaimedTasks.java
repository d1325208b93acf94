package dev.stretto.ledger;

import dev.stretto.dispatch.Task;
import dev.stretto.message.Message;
import dev.stretto.outbox.Claims;
import dev.stretto.outbox.Claims.Claim;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * What is claimed and not settled, and whose rows don't say so yet. Most calls end so soon that
 * telling it in the row too, for people to see, would only double the writing. Times are
 * nanoseconds on any clock that never jumps. Used on the recorder's thread only.
 */
final class ClaimedTasks {

  /** How old a claim is when its message's row is to show it. */
  static final Duration SHOWN_AFTER = Duration.ofSeconds(1);

  private final TreeMap<Long, Claim> byPosition = new TreeMap<>();

  /** In the order of their claims, those that were settled meanwhile among them. */
  private final ArrayDeque<Unshown> unshown = new ArrayDeque<>();

  private record Unshown(Task task, long showAt) {}

  void claim(List<Task> tasks, long now) {
    for (Task task : tasks) {
      Message message = task.message();
      byPosition.put(message.position(), new Claim(message.position(), message.id()));
      unshown.add(new Unshown(task, now + SHOWN_AFTER.toNanos()));
    }
  }

  void settle(List<Task> tasks) {
    tasks.forEach(task -> byPosition.remove(task.message().position()));
    while (!unshown.isEmpty() && settled(unshown.element().task())) {
      unshown.remove();
    }
  }

  private boolean settled(Task task) {
    return !byPosition.containsKey(task.message().position());
  }

  Claims claims() {
    return new Claims(List.copyOf(byPosition.values()));
  }

  /** Takes those whose rows are to show it now; they are not returned again. */
  List<Message> takeShowable(long now) {
    List<Message> showable = new ArrayList<>();
    for (Unshown first = unshown.peek();
        first != null && first.showAt() - now <= 0;
        first = unshown.peek()) {
      if (!settled(first.task())) {
        showable.add(first.task().message());
      }
      unshown.remove();
    }
    return showable;
  }

  /** How long until {@link #takeShowable} may have something; {@code Long.MAX_VALUE} if never. */
  long nanosUntilShowable(long now) {
    Unshown first = unshown.peek();
    return first == null ? Long.MAX_VALUE : Math.max(0, first.showAt() - now);
  }
}
