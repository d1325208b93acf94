package dev.stretto.dispatch;

import dev.stretto.job.TurnRecorder;
import dev.stretto.ledger.InMemoryLedger;
import dev.stretto.outbox.Message;
import dev.stretto.outbox.Settlement;
import dev.stretto.outbox.Status;
import dev.stretto.transport.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Takes a course through a schedule on a clock of its own: the recorder's own loop, with a ledger
 * in memory, around what the dispatcher does. Like the dispatcher's threads it sleeps where there
 * is nothing to start or no room, and is woken only by what wakes those.
 */
final class Rehearsal {

  final Course course;
  final List<Flight> offered = new ArrayList<>();
  final List<Flight> underWay = new ArrayList<>();

  /** Every start in order, repeats included. */
  final List<Long> starts = new ArrayList<>();

  private final InMemoryLedger ledger = new InMemoryLedger();
  final Map<Long, Settlement> recorded = ledger.settled();
  final Map<Long, Settlement> givenBack = ledger.givenBack();
  private final TurnRecorder recorder = new TurnRecorder(new Woken(), ledger, shown -> {});
  private final List<Flight> unrecorded = new ArrayList<>();
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
    course =
        new Course(
            settings.build(), new Times(() -> now, () -> Instant.EPOCH.plusNanos(now), random));
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
        course.offer(
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
                null),
            now));
  }

  /** Whether whoever offers is awake and has room. */
  boolean mayOffer() {
    if (course.stopped() == null && course.full()) {
      offererSleeps = true;
    }
    return !offererSleeps;
  }

  private void wakeStarter() {
    if (course.mayStart()) {
      starterSleeps = false;
    }
  }

  void offer(@Nullable String key) {
    offered.add(course.offer(message(offered.size() + 1L, key), now));
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
    List<Flight> ended = unrecorded.stream().filter(f -> f.settlement() != null).toList();
    unrecorded.clear();
    return recorder.record(ended);
  }

  int mostClaims() {
    return ledger.mostClaims();
  }

  /** The course, waking whoever sleeps as the dispatcher does. */
  private final class Woken implements Turns {

    @Override
    public Turn turn(List<Flight> ended) {
      Turn turn = course.turn(ended);
      if (course.wantsMore()) {
        offererSleeps = false;
      }
      return turn;
    }

    @Override
    public void committed(Turn turn) {
      course.committed(turn, now);
      wakeStarter();
      if (!turn.released().isEmpty()) {
        starterSleeps = false;
        offererSleeps = false;
      }
      noteOver();
      turn.picked().stream().filter(Flight::over).forEach(Rehearsal.this::noteOver);
    }
  }

  /** Starts the next message if one may start now. */
  boolean startNext() {
    if (starterSleeps && now < starterWakesAt) {
      return false;
    }
    Flight next = course.next(now, Integer.MAX_VALUE);
    noteOver();
    starterSleeps = next == null;
    if (next == null) {
      starterWakesAt = course.wakeAt();
      offererSleeps &= course.stopped() == null;
      return false;
    }
    course.begin(next, now);
    underWay.add(next);
    mostUnderWay = Math.max(mostUnderWay, underWay.size());
    starts.add(next.message().position());
    return true;
  }

  /** Records and starts until nothing more may start now. */
  Rehearsal go() {
    do {
      record();
    } while (startNext());
    return this;
  }

  /** The call of the message at that position ends. */
  Rehearsal finish(long place, Outcome outcome) {
    Flight flight =
        underWay.stream()
            .filter(f -> f.message().position() == place)
            .findFirst()
            .orElseThrow(() -> new AssertionError(place + " is not under way: " + starts));
    underWay.remove(flight);
    course.finished(flight, outcome, now);
    wakeStarter();
    noteOver(flight);
    noteOver();
    return this;
  }

  /** Nothing more will be offered: what is left is decided about, once that is all there is. */
  boolean conclude() {
    boolean concluded = course.idle() && course.conclude(now);
    starterSleeps = false;
    noteOver();
    return concluded;
  }

  void stop(Stop.Reason reason) {
    course.stop(new Stop(reason, "test", null), now);
    starterSleeps = false;
    offererSleeps = false;
    noteOver();
  }

  private void noteOver(Flight flight) {
    if (flight.over() && !unrecorded.contains(flight)) {
      unrecorded.add(flight);
    }
  }

  /** Those that a stop has withdrawn after they were claimed. */
  private void noteOver() {
    for (Flight flight : offered) {
      if (flight.over()
          && flight.settlement() != null
          && !recorded.containsValue(flight.settlement())) {
        noteOver(flight);
      }
    }
  }

  Rehearsal pass(Duration time) {
    now += time.toNanos();
    return this;
  }

  /** Moves the clock to when the course wants to be asked again; false if nothing would change. */
  boolean passUntilNext() {
    if (course.next(now, Integer.MAX_VALUE) != null) {
      return true;
    }
    noteOver();
    if (course.wakeAt() == Long.MAX_VALUE) {
      return false;
    }
    now = Math.max(now, course.wakeAt());
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
