package dev.stretto.dispatch;

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
  private final Lanes lanes;

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

  ClaimQueue(DispatchSettings settings, Lanes lanes) {
    this.window = settings.window();
    this.lookAhead = settings.lookAhead();
    this.lanes = lanes;
  }

  /** Adds a message behind all those offered before. */
  Task offer(Message message) {
    Task task = new Task(message, lanes.of(message));
    if (lanes.enter(task)) {
      add(task);
    }
    return task;
  }

  private void add(Task head) {
    head.turn = ++turns;
    claimable.add(head);
  }

  /** Whether as many wait to be claimed as are read ahead. */
  boolean full() {
    return claimable.size() + lanes.behind() >= lookAhead;
  }

  /**
   * Whether whoever waits for room should go on: once there is some, and half of it can be filled
   * at a time. What waits behind others of its key does not count, for it is of no use to the rest.
   */
  boolean wantsMore() {
    return !full() && claimable.size() <= lookAhead / 2;
  }

  /** Whether nothing is left but what waits behind others of its lane. */
  boolean idle() {
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
    return new Turn(ended, released, claim ? pick((int) settled + released.size()) : List.of());
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

  /** Takes those whose claims are to be given back, for that to be recorded. */
  List<Task> takeReleasing() {
    return givenBack.take();
  }

  /** Whether {@link #takeReleasing} would return any. */
  boolean anyReleasing() {
    return givenBack.anyToTake();
  }

  /** The claim was given back. */
  void released(Task task) {
    endClaim(task);
    givenBack.released(task);
  }

  /** Whether what goes back in line is on its way there, so that nothing may start before it. */
  boolean awaitsReturned() {
    return givenBack.awaited(claims < window);
  }

  /** What became of the message was recorded: its place in the window and its lane are free. */
  void recorded(Task task) {
    endClaim(task);
    if (task.judged) {
      task.judged = false;
      judged--;
    }
    Task head = lanes.leave(task);
    if (head != null) {
      add(head);
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
    withdrawn.addAll(lanes.withdraw());
    claimable.clear();
    return withdrawn;
  }
}
