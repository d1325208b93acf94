package dev.stretto.dispatch;

import dev.stretto.dispatch.Judge.Moment;
import dev.stretto.dispatch.Stop.Reason;
import dev.stretto.message.Message;
import dev.stretto.transport.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The state machine of a channel's run: what may start when; {@link Judge} says what each outcome
 * leads to. It waits for nothing, starts no thread and reads no clock, so that a test can take it
 * through any schedule. Not thread-safe: the dispatcher's lock guards it. Times are nanoseconds on
 * the dispatcher's monotonic clock.
 */
final class DispatchState {

  private final DispatchSettings settings;
  private final Clocks clocks;
  private final StartQueue queue;
  private final StartGate gate;
  private final Judge judge;
  private final RateLimiter limiter;
  private final Tally tally = new Tally();
  private final Set<Task> underWay = new HashSet<>();
  private @Nullable Stop stop;
  private long wakeAt = Long.MAX_VALUE;
  private long calls;

  DispatchState(DispatchSettings settings, Clocks clocks) {
    this.settings = settings;
    this.clocks = clocks;
    this.queue = new StartQueue(settings);
    this.gate = new StartGate(settings.unavailable());
    this.judge = new Judge(settings, clocks, queue, gate);
    this.limiter = new RateLimiter(settings.rate(), settings.stagger());
  }

  /** To be called before anything starts: an earlier run was asked to wait. */
  void closeGate(long now, Duration remaining, String reason) {
    gate.closed(now, remaining, reason);
  }

  Task offer(Message message, long now) {
    Task task = queue.offer(message);
    unblock(now);
    if (stop != null) {
      queue.withdrawOffered().forEach(withdrawn -> withdrawn.end(null));
    }
    return task;
  }

  /** Whether as many wait to be claimed as are read ahead. */
  boolean full() {
    return queue.full();
  }

  /** Whether it is time to offer more, so that there always is something to claim. */
  boolean wantsMore() {
    return queue.wantsMore();
  }

  List<Task> takeHeldBack() {
    return queue.takeHeldBack();
  }

  void unblock(String key) {
    queue.unblock(key);
  }

  boolean pickable() {
    return stop == null && queue.pickable(0);
  }

  /**
   * What is to be made durable now.
   *
   * @param ended each with a settlement
   */
  Turn turn(List<Task> ended) {
    List<Task> released = queue.takeReleasing();
    return new Turn(ended, released, pick(ended, released));
  }

  /**
   * In the places of those that end or are given back in the same transaction, and in free ones.
   */
  private List<Task> pick(List<Task> ended, List<Task> released) {
    if (stop != null) {
      return List.of();
    }
    long claimed = ended.stream().filter(task -> task.claimed).count();
    return queue.pick((int) claimed + released.size());
  }

  boolean anyReleasing() {
    return queue.anyReleasing();
  }

  void committed(Turn turn, long now) {
    for (Task task : turn.ended()) {
      queue.recorded(task);
      tally.recorded(task.settlement(), now);
    }
    unblock(now);
    if (!turn.released().isEmpty()) {
      released(turn.released(), now);
    }
    claimed(turn.picked());
  }

  private void released(List<Task> tasks, long now) {
    tasks.forEach(queue::released);
    if (stop == null) {
      unblock(now);
    } else {
      queue.withdrawOffered().forEach(task -> task.end(null));
    }
  }

  private void claimed(List<Task> tasks) {
    Stop reason = stop;
    if (reason == null) {
      queue.claimed(tasks);
    } else {
      tasks.forEach(task -> withdraw(task, reason));
    }
  }

  /** Whether nothing is left but suspects, and what waits behind them. */
  boolean idle() {
    return queue.idle();
  }

  boolean quiet() {
    return underWay.isEmpty();
  }

  @Nullable Stop stopped() {
    return stop;
  }

  /**
   * The message that may start now, or null; then {@link #wakeAt} says when to ask again, unless
   * something changes before.
   *
   * @param capacity the most calls that may be under way, 1 or more
   */
  @Nullable Task next(long now, int capacity) {
    wakeAt = Long.MAX_VALUE;
    if (judge.inDoubt()) {
      wakeAt = judge.doubtedUntil(moment(now));
      if (wakeAt > now) {
        return startable(sendable(judge::witness), limiter.allowsAt(now), now, capacity);
      }
      wakeAt = Long.MAX_VALUE;
      stopWhere(judge.down(now), now);
    }
    if (stop == null && gate.beyondPatience()) {
      stop(new Stop(Reason.UNAVAILABLE, gate.reason() + judge.inARow(now), gate.asked(now)), now);
    }
    if (stop != null || queue.awaitsReturned()) {
      return null;
    }
    Task first = sendable(() -> queue.next(now));
    wakeAt = queue.nextDue();
    return startable(first, Math.max(gate.opensAt(now), limiter.allowsAt(now)), now, capacity);
  }

  private @Nullable Task startable(@Nullable Task first, long allowed, long now, int capacity) {
    if (first == null || underWay.size() >= Math.min(capacity, settings.window())) {
      return null;
    }
    if (allowed <= now) {
      return first;
    }
    wakeAt = Math.min(wakeAt, allowed);
    return null;
  }

  /**
   * What can't be sent is parked when its turn has come, whatever the destination is like, for it
   * has no part in it.
   */
  private @Nullable Task sendable(Supplier<@Nullable Task> line) {
    Task first = line.get();
    while (first != null && first.message().problem() != null) {
      queue.started(first);
      judge.unsendable(first, first.message().problem());
      first = line.get();
    }
    return first;
  }

  /** Whether {@link #next} has anything to decide: else nothing waits to be started. */
  boolean mayStart() {
    return stop != null || queue.anyWaits() || judge.inDoubt();
  }

  long wakeAt() {
    return wakeAt;
  }

  /** What {@link #next} returned is about to be handed over. */
  void begin(Task task, long now) {
    queue.started(task);
    if (judge.inDoubt()) {
      judge.witnessStarts();
    } else {
      gate.started(task);
    }
    limiter.started(now);
    underWay.add(task);
    task.attempts++;
    task.call = ++calls;
    tally.started(task, now, clocks.clock());
  }

  void finished(Task task, Outcome outcome, long now) {
    if (underWay.remove(task) && !task.over()) {
      stopWhere(judge.finished(task, outcome, moment(now)), now);
    }
  }

  /**
   * Decides about the suspects, where nothing else is left to start.
   *
   * @return whether any was set aside, so that the run may go on
   */
  boolean conclude(long now) {
    boolean suspected = stop == null && judge.anySuspects();
    if (suspected) {
      stopWhere(judge.conclude(), now);
    }
    return suspected && stop == null;
  }

  private Moment moment(long now) {
    return new Moment(now, stop != null, underWay.size());
  }

  private void unblock(long now) {
    if (stop == null) {
      stopWhere(judge.unblock(moment(now)), now);
    }
  }

  private void stopWhere(@Nullable Stop due, long now) {
    if (due != null) {
      stop(due, now);
    }
  }

  /**
   * Only the first stop counts. Where the time is up while the destination takes nothing, the run
   * has to be tried again later.
   */
  void stop(Stop asked, long now) {
    if (stop == null) {
      Stop reason = asked.reason() == Reason.TIME_UP ? timeUp(asked, now) : asked;
      stop = reason;
      queue.withdrawOffered().forEach(task -> task.end(null));
      queue.withdrawClaimed().forEach(task -> withdraw(task, reason));
      judge.takeSuspects().forEach(task -> giveBack(task, reason));
      queue.takeReleasing().forEach(task -> giveBack(task, reason));
      if (!reason.recordable()) {
        abandon();
      }
    }
  }

  private Stop timeUp(Stop asked, long now) {
    if (gate.closed()) {
      return new Stop(
          Reason.UNAVAILABLE,
          asked.text() + " while " + gate.reason() + judge.inARow(now),
          gate.asked(now));
    }
    return underWay.isEmpty() && queue.onlyRetriesWait(now)
        ? new Stop(
            Reason.UNAVAILABLE,
            asked.text() + " while what was started waits to be sent again",
            null)
        : asked;
  }

  /** Ends what is under way without a settlement. */
  void abandon() {
    underWay.forEach(task -> task.end(null));
  }

  Counts counts() {
    return tally.counts(underWay.size(), gate.closed());
  }

  /** Why nothing is started; null while calls start. */
  @Nullable Standstill standstill(long now) {
    if (!gate.closed()) {
      return null;
    }
    Instant time = clocks.clock().instant();
    Duration asked = gate.asked(now);
    return new Standstill(
        time.minusNanos(now - gate.closedSince()),
        asked == null ? null : time.plus(asked),
        judge.calls(),
        gate.reason());
  }

  private static void withdraw(Task task, Stop reason) {
    task.end(reason.recordable() ? task.pending() : null);
  }

  /** The same for what gives its claim back; where that is recorded, nothing is left to record. */
  private static void giveBack(Task task, Stop reason) {
    task.end(reason.recordable() && task.claimed ? task.givenBack() : null);
  }
}
