package dev.stretto.dispatch;

import dev.stretto.ledger.InMemoryLedger;
import dev.stretto.message.ClosedKey;
import dev.stretto.message.Message;
import dev.stretto.message.Settlement;
import dev.stretto.message.Status;
import dev.stretto.run.TurnRecorder;
import dev.stretto.transport.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Takes the state machine through a schedule on a clock of its own: the recorder's own loop, with a
 * ledger in memory, around what the dispatcher does. Like the dispatcher's threads it sleeps where
 * there is nothing to start or no room, and is woken only by what wakes those.
 */
final class Rehearsal {

  final DispatchState state;
  final List<Task> offered = new ArrayList<>();
  final List<Task> underWay = new ArrayList<>();

  /** Every start in order, repeats included. */
  final List<Long> starts = new ArrayList<>();

  private final InMemoryLedger ledger = new InMemoryLedger();
  final Map<Long, Settlement> recorded = ledger.settled();
  final Map<Long, Settlement> givenBack = ledger.givenBack();
  final List<ClosedKey> closed = ledger.closed();
  private final TurnRecorder recorder = new TurnRecorder(new Woken(), ledger, shown -> {});
  private final List<Task> unrecorded = new ArrayList<>();
  private long now;
  private boolean starterSleeps;
  private long starterWakesAt;
  private boolean offererSleeps;
  int mostUnderWay;

  Rehearsal(Settings settings) {
    this(settings, 1);
  }

  Rehearsal(Settings settings, long seed) {
    Random random = new Random(seed);
    state =
        new DispatchState(
            settings.build(), new Clocks(() -> now, () -> Instant.EPOCH.plusNanos(now), random));
  }

  static Message message(long id, @Nullable String key) {
    return new Message(id, "space", 0, "m" + id, key, "application/json", Map.of(), "{}", 0);
  }

  Rehearsal offer(int messages) {
    for (int i = 0; i < messages; i++) {
      offer((String) null);
    }
    return this;
  }

  /** A message with position 7 that a run of before started at the clock's origin. */
  void offerStartedBefore() {
    Message fresh = message(7, null);
    offered.add(
        state.offer(
            new Message(
                7,
                fresh.channel(),
                7,
                fresh.messageId(),
                null,
                fresh.contentType(),
                fresh.headers(),
                fresh.payload(),
                1,
                Instant.EPOCH,
                null,
                0),
            now));
  }

  /** Whether whoever offers is awake and has room. */
  boolean mayOffer() {
    if (state.stopped() == null && state.full()) {
      offererSleeps = true;
    }
    return !offererSleeps;
  }

  private void wakeStarter() {
    if (state.mayStart()) {
      starterSleeps = false;
    }
  }

  void offer(@Nullable String key) {
    offered.add(state.offer(message(offered.size() + 1L, key), now));
    starterSleeps &= !state.opensSooner();
    noteOver();
  }

  /**
   * Settles what is over and claims what may be claimed, until there is neither, as the recorder
   * does.
   */
  Rehearsal record() {
    while (recordOnce()) {
      // What was settled may have made way for more.
    }
    return this;
  }

  private boolean recordOnce() {
    List<Task> ended = unrecorded.stream().filter(f -> f.settlement() != null).toList();
    unrecorded.clear();
    return recorder.record(ended);
  }

  int mostClaims() {
    return ledger.mostClaims();
  }

  /** The state machine, waking whoever sleeps as the dispatcher does. */
  private final class Woken implements Turn.Source {

    @Override
    public Turn turn(List<Task> ended) {
      Turn turn = state.turn(ended);
      if (state.wantsMore()) {
        offererSleeps = false;
      }
      return turn;
    }

    @Override
    public void committed(Turn turn) {
      state.committed(turn, now);
      wakeStarter();
      if (!turn.released().isEmpty()) {
        starterSleeps = false;
        offererSleeps = false;
      }
      noteOver();
      turn.picked().stream().filter(Task::over).forEach(Rehearsal.this::noteOver);
    }
  }

  /** Starts the next message if one may start now. */
  boolean startNext() {
    if (starterSleeps && now < starterWakesAt) {
      return false;
    }
    Task next = state.next(now, Integer.MAX_VALUE);
    noteOver();
    starterSleeps = next == null;
    if (next == null) {
      starterWakesAt = state.wakeAt();
      offererSleeps &= state.stopped() == null;
      return false;
    }
    state.begin(next, now);
    underWay.add(next);
    mostUnderWay = Math.max(mostUnderWay, underWay.size());
    starts.add(next.message().position());
    return true;
  }

  /** Records and starts until nothing more may start now. */
  Rehearsal go() {
    do {
      record();
    } while (startNext() || state.turnDue());
    return this;
  }

  /** The call of the message at that position ends. */
  Rehearsal finish(long place, Outcome outcome) {
    Task task =
        underWay.stream()
            .filter(f -> f.message().position() == place)
            .findFirst()
            .orElseThrow(() -> new AssertionError(place + " is not under way: " + starts));
    underWay.remove(task);
    state.finished(task, outcome, now);
    wakeStarter();
    noteOver(task);
    noteOver();
    return this;
  }

  /** Nothing more will be offered: what is left is decided about, once that is all there is. */
  boolean conclude() {
    boolean concluded = state.idle() && state.conclude(now);
    starterSleeps = false;
    noteOver();
    return concluded;
  }

  void stop(Stop.Reason reason) {
    state.stop(new Stop(reason, "test", null), now);
    starterSleeps = false;
    offererSleeps = false;
    noteOver();
  }

  private void noteOver(Task task) {
    if (task.over() && !unrecorded.contains(task)) {
      unrecorded.add(task);
    }
  }

  /** Those that a stop has withdrawn after they were claimed. */
  private void noteOver() {
    for (Task task : offered) {
      if (task.over() && task.settlement() != null && !recorded.containsValue(task.settlement())) {
        noteOver(task);
      }
    }
  }

  /** How long ago the clock's origin is. */
  Duration time() {
    return Duration.ofNanos(now);
  }

  Rehearsal pass(Duration time) {
    now += time.toNanos();
    return this;
  }

  /**
   * Moves the clock to when the state machine is to be asked again; false if nothing would change.
   */
  boolean passUntilNext() {
    if (state.next(now, Integer.MAX_VALUE) != null) {
      return true;
    }
    noteOver();
    if (state.wakeAt() == Long.MAX_VALUE) {
      return false;
    }
    now = Math.max(now, state.wakeAt());
    return true;
  }

  Status statusOf(long place) {
    Settlement settlement = recorded.get(place);
    if (settlement == null) {
      throw new AssertionError(place + " is not recorded: " + recorded.keySet());
    }
    return settlement.status();
  }

  static Outcome delivered() {
    return new Outcome.Delivered();
  }

  static Outcome failed() {
    return new Outcome.RetryLater(Outcome.Fault.FAILED, "HTTP 502", null);
  }

  static Outcome unknown() {
    return new Outcome.RetryLater(Outcome.Fault.UNKNOWN, "timeout", null);
  }

  static Outcome unavailable(@Nullable Duration retryAfter) {
    return new Outcome.RetryLater(Outcome.Fault.UNAVAILABLE, "HTTP 503", retryAfter);
  }

  static Outcome untaken() {
    return new Outcome.RetryLater(Outcome.Fault.UNTAKEN, "REFUSED_STREAM", null);
  }

  static Outcome unready() {
    return new Outcome.RetryLater(Outcome.Fault.UNREADY, "no token", null);
  }

  static Outcome busy(Duration retryAfter) {
    return new Outcome.RetryLater(Outcome.Fault.FAILED, "HTTP 409", retryAfter);
  }

  static Outcome refused() {
    return new Outcome.Rejected(Outcome.Refused.SENDER, "HTTP 401");
  }

  static Outcome rejected() {
    return new Outcome.Rejected(Outcome.Refused.MESSAGE, "HTTP 422");
  }
}
