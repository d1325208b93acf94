package dev.stretto.dispatch;

import dev.stretto.dispatch.DispatchSettings.WhileRetrying;
import dev.stretto.message.Message;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * What is to be claimed next, and the claims: as many as the window. Not thread-safe: the
 * dispatcher's lock guards it.
 */
final class ClaimQueue {

  private final int window;
  private final int lookAhead;
  private final boolean holdWhileRetrying;
  private final Lanes lanes;
  private final KeyGates keys;
  private final KeyWaits waits;

  /**
   * Offered and free to be claimed: heads of their lanes, in the order in which they came to be.
   * Among keys a long lane thus waits its turn behind every other after each of its messages.
   */
  private final ArrayDeque<Task> claimable = new ArrayDeque<>();

  /** Those in line again go before all that is claimable. */
  private final GivenBack givenBack = new GivenBack();

  /** How many were suspects and were set aside, and are not recorded yet. */
  private int judged;

  private long turns;
  private int claims;

  /** Whether keys may be called again of which whoever claims was not told. */
  private boolean opened;

  ClaimQueue(DispatchSettings settings, Lanes lanes, KeyGates keys, KeyWaits waits) {
    this.window = settings.window();
    this.lookAhead = settings.lookAhead();
    this.holdWhileRetrying = settings.whileRetrying() == WhileRetrying.HOLD;
    this.lanes = lanes;
    this.keys = keys;
    this.waits = waits;
  }

  /** Adds a message behind all those offered before. */
  Task offer(Message message, long now) {
    Task task = new Task(message, lanes.of(message));
    if (lanes.enter(task)) {
      add(task, now);
    }
    return task;
  }

  private void add(Task head, long now) {
    if (!waits.takes(head, now)) {
      head.turn = ++turns;
      claimable.add(head);
    }
  }

  /**
   * Has what waited for its key be claimed, where that may be called now: first what was called
   * before, then the others as if they had just become the heads of their lanes.
   */
  void open(long now) {
    for (Task head = waits.poll(now); head != null; head = waits.poll(now)) {
      reopened(head);
    }
  }

  /** Where what was never called may have to wait for others, these go before it in any case. */
  private void reopened(Task head) {
    opened = true;
    if (head.call == 0) {
      head.turn = ++turns;
      claimable.add(head);
    } else if (holdWhileRetrying) {
      givenBack.add(head, true);
    } else {
      claimable.addFirst(head);
    }
  }

  /** Whether a message that was called is in line again and finds the window full. */
  boolean calledLacksRoom() {
    return claims >= window && givenBack.calledIsFirst();
  }

  /** When the first of those that wait for their keys may be called. */
  long opensNext() {
    return waits.opensNext();
  }

  /** Whether as many wait to be claimed as are read ahead. */
  boolean full() {
    return claimable.size() + lanes.behind() >= lookAhead || waits.full();
  }

  /**
   * Whether whoever waits for room should go on: once there is some, and half of it can be filled
   * at a time. What waits behind others of its key does not count, for it is of no use to the rest.
   */
  boolean wantsMore() {
    return !full() && claimable.size() <= lookAhead / 2;
  }

  /**
   * Whether nothing is left but what waits behind others of its lane, or for keys that the
   * destination asked to leave alone for longer than the run may wait.
   */
  boolean idle() {
    return onlyKeysWait() && waits.allBeyondPatience();
  }

  /** Whether nothing is left but what waits behind others of its lane, or for its key. */
  boolean onlyKeysWait() {
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

  /** How many are claimed. */
  int claims() {
    return claims;
  }

  /**
   * Whether something can be claimed now: nothing is while more is to come that goes before it.
   *
   * @param leaving how many claims end in the same transaction, 0 or more
   */
  boolean pickable(int leaving) {
    return claims < window + leaving
        && !givenBack.someReturn()
        && !(claimable.isEmpty() && givenBack.isEmpty());
  }

  /**
   * What is to be made durable now.
   *
   * @param ended each with a settlement
   * @param claim whether anything may still be claimed
   */
  Turn turn(List<Task> ended, boolean claim) {
    List<Task> released = takeReleasing();
    long settled = ended.stream().filter(task -> task.claimed).count();
    opened = false;
    return new Turn(
        ended,
        released,
        claim ? pick((int) settled + released.size()) : List.of(),
        keys.takeUnrecorded());
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
  private List<Task> pick(int leaving) {
    List<Task> picked = new ArrayList<>();
    while (pickable(leaving)) {
      Task returned = givenBack.poll();
      Task task = returned == null ? claimable.remove() : returned;
      task.claimed = true;
      claims++;
      picked.add(task);
    }
    return picked;
  }

  /**
   * The claims of what was picked are durable.
   *
   * @return those that may start; none where something is to come that goes before them, so that
   *     they give their claims back
   */
  List<Task> claimed(List<Task> picked) {
    givenBack.reclaimed();
    if (!givenBack.someReturn()) {
      return picked;
    }
    picked.forEach(task -> giveBack(task, true));
    return List.of();
  }

  /**
   * Has a claim given back, so that the message needs no place in the window.
   *
   * @param inLine whether the message goes back in line then
   */
  void giveBack(Task task, boolean inLine) {
    givenBack.add(task, inLine);
  }

  /** Has a claim given back, because the message's key may not be called yet. */
  void giveBackUntilOpen(Task task) {
    waits.expect(task);
    giveBack(task, false);
  }

  /** Takes those whose claims are to be given back, for that to be recorded. */
  List<Task> takeReleasing() {
    return givenBack.take();
  }

  /** Whether a turn would give claims back, or claim what waited for its key. */
  boolean turnDue() {
    return givenBack.anyToTake() || (opened && pickable(0));
  }

  /** The claim was given back. */
  void released(Task task, long now) {
    endClaim(task);
    givenBack.released(task);
    if (waits.expected(task) && !task.over() && !waits.takes(task, now)) {
      reopened(task);
    }
  }

  /** Whether what goes back in line is on its way there, so that nothing may start before it. */
  boolean awaitsReturned() {
    return givenBack.awaited(claims < window);
  }

  /** What became of the message was recorded: its place in the window and its lane are free. */
  void recorded(Task task, long now) {
    endClaim(task);
    if (task.judged) {
      task.judged = false;
      judged--;
    }
    Task head = lanes.leave(task);
    if (head != null) {
      add(head, now);
    }
  }

  private void endClaim(Task task) {
    if (task.claimed) {
      task.claimed = false;
      claims--;
    }
  }

  /** Takes out all that were only offered. */
  List<Task> withdraw() {
    List<Task> withdrawn = givenBack.withdraw();
    withdrawn.addAll(claimable);
    withdrawn.addAll(waits.withdraw());
    withdrawn.addAll(lanes.withdraw());
    claimable.clear();
    return withdrawn;
  }
}
