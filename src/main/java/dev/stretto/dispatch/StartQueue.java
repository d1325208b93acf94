package dev.stretto.dispatch;

import dev.stretto.dispatch.DispatchSettings.Retry;
import dev.stretto.dispatch.DispatchSettings.WhileRetrying;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Who is next: what is claimed and was never started, and what waits to be sent again. Not
 * thread-safe: the dispatcher's lock guards it.
 */
final class StartQueue {

  private static final Comparator<Task> BY_TURN = Comparator.comparingLong(task -> task.turn);
  private static final Comparator<Task> BY_DUE = Comparator.comparingLong(task -> task.dueAt);
  private static final Comparator<Task> BY_POSITION =
      Comparator.comparingLong(task -> task.message().position());

  private final Retry retry;
  private final boolean holdWhileRetrying;
  private final RandomGenerator random;
  private final ClaimQueue claims;
  private final KeyGates keys;
  private final KeyWaits waits;

  /** Durably claimed, never started in this run. */
  private final PriorityQueue<Task> ready = new PriorityQueue<>(BY_TURN);

  private final PriorityQueue<Task> backingOff = new PriorityQueue<>(BY_DUE);
  private final PriorityQueue<Task> due = new PriorityQueue<>(BY_POSITION);

  /** How many messages failed and are not settled; see {@link Task#failing}. */
  private int failing;

  /**
   * @param random for the jitter of retries
   */
  StartQueue(
      DispatchSettings settings,
      RandomGenerator random,
      ClaimQueue claims,
      KeyGates keys,
      KeyWaits waits) {
    this.retry = settings.retry();
    this.holdWhileRetrying = settings.whileRetrying() == WhileRetrying.HOLD;
    this.random = random;
    this.claims = claims;
    this.keys = keys;
    this.waits = waits;
  }

  /** Lines up what was claimed, as far as nothing is to come that goes before it. */
  void claimed(List<Task> picked, long now) {
    claims.claimed(picked).forEach(task -> lineUp(task, now));
  }

  /**
   * INVARIANT (keys): what is in `ready` or `due`, or leaves `backingOff`, has a key that may be
   * called. For a key's time moves only when a call of it starts or ends, and of a key one message
   * at a time is beyond its lane. What may not be called yet holds no place in the window.
   */
  private void lineUp(Task task, long now) {
    if (keys.opensAt(task, now) > now) {
      claims.giveBackUntilOpen(task);
    } else if (task.call > 0) {
      due.add(task);
    } else {
      ready.add(task);
    }
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

  /** Whether nothing may start before what is on its way back in line. */
  boolean awaitsReturned() {
    return claims.awaitsReturned();
  }

  /**
   * Whether {@link #nextNew} has one, or may have one once what is being recorded is: claims that
   * neither wait nor are under way end, are given back or come to be then.
   *
   * @param underWay how many calls are under way, 0 or more
   */
  boolean newToCome(int underWay) {
    int recording = claims.claims() - ready.size() - due.size() - backingOff.size() - underWay;
    return !holdsNewStarts() && (!ready.isEmpty() || recording > 0 || claims.pickable(0));
  }

  /** Has what may not start before a failed message is settled give way to what may. */
  void makeRoom() {
    if (holdsNewStarts() && claims.calledLacksRoom()) {
      ready.forEach(task -> claims.giveBack(task, true));
      ready.clear();
    }
  }

  /** Whether anything is left to be started, at once or later. */
  boolean anyWaits() {
    return !ready.isEmpty() || retriesWait();
  }

  /** Removes what {@link #next} or {@link #nextNew} returned. */
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

  /** Whether a message that was started waits to be sent again. */
  boolean retriesWait() {
    return !due.isEmpty() || !backingOff.isEmpty();
  }

  /**
   * Whether a message that was started will be sent again without anything else being decided, and
   * within the time that the run may wait.
   */
  boolean retriesToCome() {
    return retriesWait() || waits.anyCalledComes();
  }

  /** Whether nothing is left to be started but what waits to be sent again, if that is anything. */
  boolean onlyRetriesWait(long now) {
    return !backingOff.isEmpty() && next(now) == null && (holdWhileRetrying || !claims.pickable(0));
  }

  /** A call failed, which is about to count against its message; later ones may have to wait. */
  void failed(Task task) {
    if (!task.failing()) {
      failing++;
    }
  }

  /** Has nothing count against the message, as if it had not been sent in this run. */
  void absolve(Task task) {
    failsNoMore(task);
    task.absolve();
  }

  /** What became of the message was recorded. */
  void recorded(Task task) {
    failsNoMore(task);
  }

  private void failsNoMore(Task task) {
    if (task.failing()) {
      failing--;
    }
  }

  boolean holdsNewStarts() {
    return holdWhileRetrying && failing > 0;
  }

  /**
   * Lines a started message up to be sent again after a backoff, because its attempt failed.
   *
   * @param atLeast how long it waits at least, in nanoseconds
   */
  void again(Task task, long now, long atLeast) {
    long backoff = now + Math.max(retry.backoffNanos(task.faults, random), atLeast);
    task.dueAt = Math.max(backoff, keys.opensAt(task, now));
    backingOff.add(task);
  }

  /**
   * Puts a started message back, because the destination took no calls: as if it had not been
   * started. Where its key may not be called yet, it waits for that.
   */
  void putBack(Task task, long now) {
    lineUp(task, now);
  }

  /** Absolves all that wait to be sent again; no backoff is left to them. */
  void absolveRetries(long now) {
    waits.called().forEach(this::absolve);
    for (Task task : withdrawRetries()) {
      absolve(task);
      putBack(task, now);
    }
  }

  private List<Task> withdrawRetries() {
    List<Task> withdrawn = new ArrayList<>(due);
    withdrawn.addAll(backingOff);
    due.clear();
    backingOff.clear();
    return withdrawn;
  }

  /** Takes out all that are claimed and not under way. */
  List<Task> withdraw() {
    List<Task> withdrawn = withdrawRetries();
    withdrawn.addAll(ready);
    ready.clear();
    return withdrawn;
  }
}
