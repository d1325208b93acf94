package dev.stretto.dispatch;

import dev.stretto.dispatch.KeyGates.Opening;
import dev.stretto.dispatch.Stop.Reason;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Heads of lanes whose keys may not be called yet. They hold no place in the window, and what waits
 * behind them no room of others. Not thread-safe: the dispatcher's lock guards it.
 */
final class KeyWaits {

  /** How many times the look-ahead may wait here, so that memory is bounded. */
  private static final int MOST = 8;

  private final long most;
  private final long patience;
  private final KeyGates keys;
  private final Lanes lanes;
  private final InstantSource clock;

  /** Each until its {@link Task#dueAt}. */
  private final PriorityQueue<Task> waiting =
      new PriorityQueue<>(
          Comparator.<Task>comparingLong(task -> task.dueAt).thenComparingLong(task -> task.turn));

  /** Those that will wait once their claims are given back. */
  private final Set<Task> coming = new HashSet<>();

  KeyWaits(DispatchSettings settings, KeyGates keys, Lanes lanes, InstantSource clock) {
    this.most = (long) MOST * settings.lookAhead();
    this.patience = settings.unavailable().patience().toNanos();
    this.keys = keys;
    this.lanes = lanes;
    this.clock = clock;
  }

  /** Takes in a head that has no claim, where its key may not be called yet. */
  boolean takes(Task head, long now) {
    Opening opening = keys.opening(head, now);
    if (opening == null) {
      return false;
    }
    head.dueAt = opening.at();
    head.asked = opening.asked();
    if (opening.asked() && head.askedSince == Long.MIN_VALUE) {
      head.askedSince = now;
    }
    waiting.add(head);
    lanes.setWaits(head, true);
    return true;
  }

  /** A head will wait here once its claim is given back. */
  void expect(Task head) {
    coming.add(head);
  }

  /** Whether the claim that was given back is that of an expected one. */
  boolean expected(Task head) {
    return coming.remove(head);
  }

  /** Takes out the next whose key may be called now; null where there is none. */
  @Nullable Task poll(long now) {
    if (waiting.isEmpty() || waiting.element().dueAt > now) {
      return null;
    }
    Task head = waiting.remove();
    lanes.setWaits(head, false);
    return head;
  }

  /** When the first of them may be called; {@code Long.MAX_VALUE} where none waits. */
  long opensNext() {
    return waiting.isEmpty() ? Long.MAX_VALUE : waiting.element().dueAt;
  }

  boolean isEmpty() {
    return waiting.isEmpty();
  }

  boolean full() {
    return waiting.size() + lanes.behindWaiting() >= most;
  }

  /** Whether all of them, if any, wait because the destination asked for it. */
  boolean allAsked() {
    return waiting.stream().allMatch(head -> head.asked);
  }

  /** Whether all of them, if any, wait so for longer than the run may. */
  boolean allBeyondPatience() {
    return waiting.stream().allMatch(this::beyondPatience);
  }

  private boolean beyondPatience(Task head) {
    return head.asked && head.dueAt - head.askedSince > patience;
  }

  /** Whether any that was called in this run waits, or will, for no longer than the run may. */
  boolean anyCalledComes() {
    return called().stream().anyMatch(head -> coming.contains(head) || !beyondPatience(head));
  }

  /** Those that wait or will, and were called in this run. */
  List<Task> called() {
    return Stream.concat(waiting.stream(), coming.stream()).filter(head -> head.call > 0).toList();
  }

  /**
   * Why a run ends that has nothing else to start and may not wait that long; some must wait.
   *
   * @param meanwhile what goes before it
   */
  Stop stop(String meanwhile, long now) {
    Instant first =
        clock
            .instant()
            .plusNanos(opensNext() - now)
            .plusNanos(999_999_999)
            .truncatedTo(ChronoUnit.SECONDS);
    String said = keys.reason();
    return new Stop(
        Reason.UNAVAILABLE,
        meanwhile
            + (waiting.size() == 1
                ? "one ordering key is closed until " + first
                : waiting.size() + " ordering keys are closed, the first until " + first)
            + (said.isEmpty() ? ", as the destination asked" : ", " + said),
        null);
  }

  /** Takes out all that wait here. */
  List<Task> withdraw() {
    List<Task> withdrawn = new ArrayList<>(waiting);
    waiting.clear();
    return withdrawn;
  }
}
