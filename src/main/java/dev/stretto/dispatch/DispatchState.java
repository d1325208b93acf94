package dev.stretto.dispatch;

import dev.stretto.dispatch.Counts.Tally;
import dev.stretto.dispatch.Stop.Reason;
import dev.stretto.message.ClosedKey;
import dev.stretto.message.Message;
import dev.stretto.transport.Outcome;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The state machine of a channel's run: a message is offered, claimed within the window ({@link
 * ClaimQueue}), started in turn ({@link StartQueue}, {@link Calls}), judged by the outcome of its
 * call ({@link Judge}) and recorded, until a {@link Stop}. It waits for nothing, starts no thread
 * and reads no clock but the one it is given, so that a test can take it through any schedule. Not
 * thread-safe: the dispatcher's lock guards it. Times are nanoseconds on the dispatcher's monotonic
 * clock.
 */
final class DispatchState {

  private final Clocks clocks;
  private final Lanes lanes;
  private final KeyGates keys;
  private final KeyWaits waits;
  private final ClaimQueue claims;
  private final StartQueue queue;
  private final StartGate gate;
  private final Suspects suspects;
  private final Outage outage;
  private final Judge judge;
  private final Calls calls;
  private final Tally tally = new Tally();
  private @Nullable Stop stop;
  private long wakeAt = Long.MAX_VALUE;

  DispatchState(DispatchSettings settings, Clocks clocks) {
    Streak streak = new Streak(settings.unavailable().after());
    this.clocks = clocks;
    this.lanes = new Lanes(settings);
    this.keys = new KeyGates(settings, clocks.clock());
    this.waits = new KeyWaits(settings, keys, lanes, clocks.clock());
    this.claims = new ClaimQueue(settings, lanes, keys, waits);
    this.queue = new StartQueue(settings, clocks.random(), claims, keys, waits);
    this.gate = new StartGate(settings.unavailable());
    this.suspects = new Suspects(settings, clocks.clock(), queue, claims, lanes, streak);
    this.outage = new Outage(settings, clocks.clock(), queue, gate, streak, suspects);
    this.judge = new Judge(settings, queue, lanes, gate, keys, streak, suspects);
    this.calls = new Calls(settings, queue, lanes, gate, outage, keys);
  }

  /**
   * When something is decided.
   *
   * @param nanos on the dispatcher's clock
   * @param stopped whether nothing more starts
   * @param underWay how many calls are under way, 0 or more
   */
  record Moment(long nanos, boolean stopped, int underWay) {

    /** Whether no call is under way. */
    boolean quiet() {
      return underWay == 0;
    }
  }

  /** To be called before anything starts: an earlier run was asked to wait. */
  void closeGate(long now, Duration remaining, String reason) {
    gate.closed(now, remaining, reason);
  }

  /** To be called before anything is offered: an earlier run has left the key closed. */
  void closeKey(long now, String key, Duration remaining) {
    keys.keep(key, remaining, now);
  }

  /** Which keys a run that follows must not call yet. */
  List<ClosedKey> closedKeys(long now) {
    return keys.closed(now);
  }

  Task offer(Message message, long now) {
    Task task = claims.offer(message, now);
    unblock(now);
    if (stop != null) {
      withdrawOffered();
    }
    return task;
  }

  /** Whether as many wait to be claimed as are read ahead. */
  boolean full() {
    return claims.full();
  }

  /** Whether it is time to offer more, so that there always is something to claim. */
  boolean wantsMore() {
    return claims.wantsMore();
  }

  List<Task> takeHeldBack() {
    return lanes.takeHeldBack();
  }

  void unblock(String key) {
    lanes.unblock(key);
  }

  boolean pickable() {
    return stop == null && claims.pickable(0);
  }

  /**
   * What is to be made durable now.
   *
   * @param ended each with a settlement
   */
  Turn turn(List<Task> ended) {
    return claims.turn(ended, stop == null);
  }

  /** Whether a turn is due for what was decided while calls started or ended. */
  boolean turnDue() {
    return claims.turnDue();
  }

  void committed(Turn turn, long now) {
    for (Task task : turn.ended()) {
      queue.recorded(task);
      claims.recorded(task, now);
      tally.recorded(task.settlement(), now);
    }
    unblock(now);
    if (!turn.released().isEmpty()) {
      released(turn.released(), now);
    }
    claimed(turn.picked(), now);
  }

  private void released(List<Task> tasks, long now) {
    tasks.forEach(task -> claims.released(task, now));
    if (stop == null) {
      unblock(now);
    } else {
      withdrawOffered();
    }
  }

  private void claimed(List<Task> tasks, long now) {
    Stop reason = stop;
    if (reason == null) {
      queue.claimed(tasks, now);
    } else {
      tasks.forEach(task -> withdraw(task, reason));
    }
  }

  /**
   * Whether nothing is left but suspects, what waits for keys that are closed for longer than the
   * run may wait, and what waits behind those.
   */
  boolean idle() {
    return claims.idle();
  }

  /** Whether no call is under way. */
  boolean quiet() {
    return calls.underWay() == 0;
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
    consider(now);
    if (stop == null && !outage.doubted()) {
      stopWhere(outage.beyondPatience(now), now);
    }
    if (stop == null) {
      claims.open(now);
      queue.makeRoom();
    }
    Task next = calls.next(moment(now), capacity);
    wakeAt = Math.min(calls.wakeAt(), claims.opensNext());
    return next;
  }

  /**
   * Whether {@link #next} has anything to decide before {@link #wakeAt}: else nothing waits to be
   * started.
   */
  boolean mayStart() {
    return stop != null || queue.anyWaits() || outage.doubted() || opensSooner();
  }

  /** Whether a key may be called before {@link #wakeAt}. */
  boolean opensSooner() {
    return claims.opensNext() < wakeAt;
  }

  long wakeAt() {
    return wakeAt;
  }

  /** What {@link #next} returned is about to be handed over. */
  void begin(Task task, long now) {
    calls.begin(task, now);
    tally.started(task, now, clocks.clock());
  }

  void finished(Task task, Outcome outcome, long now) {
    if (calls.end(task)) {
      stopWhere(judge.finished(task, outcome, moment(now)), now);
      consider(now);
      unblock(now);
    }
  }

  /**
   * Decides about the suspects, where nothing else is left to start; without any, a run that can't
   * wait for its keys ends.
   *
   * @return whether any was set aside, so that the run may go on
   */
  boolean conclude(long now) {
    boolean suspected = stop == null && !suspects.isEmpty();
    if (suspected) {
      stopWhere(suspects.conclude(), now);
    } else {
      endWhereKeysWait(now);
    }
    return suspected && stop == null;
  }

  /** Stops where nothing can be started but what waits for keys for longer than the run may. */
  void endWhereKeysWait(long now) {
    if (stop == null && claims.idle() && !waits.isEmpty()) {
      stop(waits.stop("", now), now);
    }
  }

  private Moment moment(long now) {
    return new Moment(now, stop != null, calls.underWay());
  }

  private void consider(long now) {
    if (stop == null) {
      stopWhere(outage.consider(moment(now)), now);
    }
  }

  private void unblock(long now) {
    if (stop == null) {
      stopWhere(suspects.unblock(moment(now)), now);
      if (claims.full() && suspects.isEmpty()) {
        endWhereKeysWait(now);
      }
    }
  }

  private void stopWhere(@Nullable Stop due, long now) {
    if (due != null) {
      stop(due, now);
    }
  }

  /** Starts nothing more. Only the first stop counts. */
  void stop(Stop asked, long now) {
    if (stop == null) {
      Stop reason = asked.reason() == Reason.TIME_UP ? timeUp(asked, now) : asked;
      stop = reason;
      withdrawOffered();
      queue.withdraw().forEach(task -> withdraw(task, reason));
      suspects.takeAll().forEach(task -> giveBack(task, reason));
      claims.takeReleasing().forEach(task -> giveBack(task, reason));
      if (!reason.recordable()) {
        abandon();
      }
    }
  }

  private Stop timeUp(Stop asked, long now) {
    return claims.onlyKeysWait() && !waits.isEmpty() && waits.allAsked()
        ? waits.stop(asked.text() + " while ", now)
        : outage.timeUp(asked, moment(now));
  }

  /** Ends what is under way without a settlement. */
  void abandon() {
    calls.abandon();
  }

  Counts counts() {
    return tally.counts(calls.underWay(), gate.closed());
  }

  /** Why nothing is started; null while calls start. */
  @Nullable Standstill standstill(long now) {
    return outage.standstill(now);
  }

  private void withdrawOffered() {
    claims.withdraw().forEach(task -> task.end(null));
  }

  private static void withdraw(Task task, Stop reason) {
    task.end(reason.recordable() ? task.pending() : null);
  }

  /** The same for what gives its claim back; where that is recorded, nothing is left to record. */
  private static void giveBack(Task task, Stop reason) {
    task.end(reason.recordable() && task.claimed ? task.givenBack() : null);
  }
}
