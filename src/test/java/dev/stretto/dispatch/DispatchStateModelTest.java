package dev.stretto.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stretto.dispatch.DispatchSettings.OnExhausted;
import dev.stretto.dispatch.DispatchSettings.OnUnknown;
import dev.stretto.dispatch.DispatchSettings.Ordering;
import dev.stretto.dispatch.DispatchSettings.RetryAfter;
import dev.stretto.dispatch.DispatchSettings.WhileRetrying;
import dev.stretto.message.Settlement;
import dev.stretto.message.Status;
import dev.stretto.transport.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random arrivals, latencies, faults and stops against the contract's invariants. More schedules:
 * {@code -Dstretto.schedules=10000}; a failure names its seed.
 */
class DispatchStateModelTest {

  private static final int MESSAGES = 60;

  static IntStream seeds() {
    return IntStream.range(0, Integer.getInteger("stretto.schedules", 300));
  }

  private static <T> T anyOf(Random random, T[] values) {
    return List.of(values).get(random.nextInt(values.length));
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void everyScheduleKeepsTheInvariants(int seed) {
    Random random = new Random(seed);
    Ordering ordering = anyOf(random, Ordering.values());
    int window = 1 + random.nextInt(8);
    Settings settings =
        Settings.start(window)
            .ordering(ordering)
            .attempts(1 + random.nextInt(4))
            .whileRetrying(anyOf(random, WhileRetrying.values()))
            .onUnknown(anyOf(random, OnUnknown.values()))
            .after(anyOf(random, new Integer[] {0, 1, 3, 10}))
            .patience(Duration.ofSeconds(20))
            .onExhausted(
                anyOf(
                    random,
                    ordering == Ordering.KEY
                        ? OnExhausted.values()
                        : new OnExhausted[] {OnExhausted.PARK, OnExhausted.HOLD}));
    if (ordering == Ordering.KEY && random.nextBoolean()) {
      settings =
          settings.keys(
              Duration.ofMillis(random.nextInt(3) * 400L), anyOf(random, RetryAfter.values()));
    }
    Rehearsal rehearsal = new Rehearsal(settings, seed);
    Model model = new Model(rehearsal, settings, window, Outage.of(random));
    if (ordering == Ordering.KEY && random.nextBoolean()) {
      model.destinations = 1 + random.nextInt(12);
    }
    boolean stops = random.nextInt(4) == 0;
    int stopAt = random.nextInt(400);
    Stop.Reason why =
        anyOf(
            random,
            new Stop.Reason[] {
              Stop.Reason.ASKED, Stop.Reason.TIME_UP, Stop.Reason.LEASE_LOST, Stop.Reason.BROKEN
            });

    for (int step = 0; step < 20_000 && !model.over(); step++) {
      if (stops && step == stopAt) {
        rehearsal.stop(why);
      }
      model.step = step;
      switch (random.nextInt(5)) {
        case 0 -> model.offer(random);
        case 1 -> rehearsal.record();
        case 2 -> model.start();
        case 3 -> model.finish(random);
        default -> rehearsal.pass(Duration.ofMillis(random.nextInt(200)));
      }
      model.check();
    }
    assertThat(model.over()).as("everything ends settled").isTrue();
    model.checkEnd();
  }

  /**
   * Whether the destination takes anything.
   *
   * @param from the step in which it takes nothing any more
   * @param to the step in which it does again; never, where that is beyond all steps
   */
  private record Outage(int from, int to, Outcome answer) {

    static Outage of(Random random) {
      Outcome answer =
          anyOf(
              random,
              new Outcome[] {
                Rehearsal.failed(),
                Rehearsal.refused(),
                Rehearsal.unavailable(null),
                Rehearsal.unknown()
              });
      return switch (random.nextInt(4)) {
        case 0 -> new Outage(0, Integer.MAX_VALUE, answer);
        case 1 -> new Outage(0, random.nextInt(600), answer);
        case 2 -> {
          int from = random.nextInt(400);
          yield new Outage(from, from + random.nextInt(400), answer);
        }
        default -> new Outage(0, 0, answer);
      };
    }

    boolean during(int step) {
      return from <= step && step < to;
    }

    boolean always() {
      return from == 0 && to == Integer.MAX_VALUE;
    }
  }

  /** What the contract says, in its plainest form. */
  private static final class Model {

    private final Rehearsal rehearsal;
    private final Ordering ordering;
    private final int window;
    private final Map<Long, @Nullable String> keys = new HashMap<>();
    private final Set<Long> seen = new HashSet<>();
    private final List<Long> firstStarts = new ArrayList<>();
    private final boolean blocksKeys;
    private final Settings settings;
    private final Outage outage;
    private int step;

    /** How many there are that messages name; 0 where the channel has one. */
    private int destinations;

    /** Starts are counted from 1: the latest of which the call was delivered. */
    private long latestDelivered;

    /** Of each message, its latest start, and the first whose call was not delivered. */
    private final Map<Long, Long> latestStart = new HashMap<>();

    private final Map<Long, Long> firstFailed = new HashMap<>();

    /** Before when each key must not be called. */
    private final Map<String, Duration> opensAt = new HashMap<>();

    private final Map<Long, Outcome> latestOutcome = new HashMap<>();
    private final Set<Long> judged = new HashSet<>();
    private boolean concluding;
    private boolean stopped;
    private int startsAtStop;
    private long knownAtStop;

    Model(Rehearsal rehearsal, Settings settings, int window, Outage outage) {
      this.settings = settings;
      this.outage = outage;
      this.rehearsal = rehearsal;
      this.ordering = settings.ordering();
      this.blocksKeys = settings.onExhausted() == OnExhausted.BLOCK_KEY;
      this.window = window;
    }

    void offer(Random random) {
      if (rehearsal.offered.size() < MESSAGES && rehearsal.mayOffer()) {
        String key = random.nextInt(4) == 0 ? null : "k" + random.nextInt(4);
        keys.put(rehearsal.offered.size() + 1L, key);
        rehearsal.offer(key);
      }
    }

    void start() {
      int before = rehearsal.underWay.size();
      if (!rehearsal.startNext()) {
        return;
      }
      Task started = rehearsal.underWay.get(before);
      long id = started.message().id();
      startKey(keys.get(id));
      latestStart.put(id, (long) rehearsal.starts.size());
      if (seen.add(id)) {
        firstStarts.add(id);
      }
      for (Task other : rehearsal.underWay.subList(0, before)) {
        assertThat(sameLane(other.message().id(), id))
            .as("%s and %s of one lane under way", other.message().id(), id)
            .isFalse();
      }
      for (long earlier = 1; earlier < id; earlier++) {
        if (sameLane(earlier, id)) {
          assertThat(settled(earlier)).as("%s settled before %s starts", earlier, id).isTrue();
          assertThat(blocksKeys && parked(earlier))
              .as("%s starts behind %s, which was set aside", id, earlier)
              .isFalse();
        }
      }
    }

    private void startKey(@Nullable String key) {
      if (key != null) {
        assertThat(rehearsal.time())
            .as("when %s is called", key)
            .isGreaterThanOrEqualTo(opensAt.getOrDefault(key, Duration.ZERO));
        opensAt.put(key, rehearsal.time().plus(settings.keys().interval()));
      }
    }

    /** Whether it is closed itself, or the channel is, it must not be called before. */
    private void closeKey(@Nullable String key, Outcome outcome) {
      if (key != null
          && (settings.keys().retryAfter() == RetryAfter.KEY || destinations > 0)
          && outcome instanceof Outcome.RetryLater later
          && later.fault() == Outcome.Fault.UNAVAILABLE
          && later.retryAfter() != null) {
        opensAt.merge(
            key,
            rehearsal.time().plus(later.retryAfter()),
            (one, other) -> one.compareTo(other) > 0 ? one : other);
      }
    }

    private boolean sameLane(long one, long other) {
      return switch (ordering) {
        case START -> false;
        case STRICT -> true;
        case KEY -> keys.get(one) != null && keys.get(one).equals(keys.get(other));
      };
    }

    private boolean settled(long id) {
      return rehearsal.recorded.values().stream().anyMatch(s -> s.message().id() == id);
    }

    private boolean parked(long id) {
      return rehearsal.recorded.values().stream()
          .anyMatch(s -> s.message().id() == id && s.status() == Status.PARKED);
    }

    void finish(Random random) {
      if (!rehearsal.underWay.isEmpty()) {
        Task task = rehearsal.underWay.get(random.nextInt(rehearsal.underWay.size()));
        Outcome outcome =
            outage.during(step) ? outage.answer() : outcome(random, task.message().id());
        long id = task.message().id();
        long start = latestStart.getOrDefault(id, 0L);
        if (outcome instanceof Outcome.Delivered) {
          latestDelivered = Math.max(latestDelivered, start);
        } else {
          firstFailed.putIfAbsent(id, start);
        }
        latestOutcome.put(id, outcome);
        closeKey(keys.get(id), outcome);
        rehearsal.finish(
            task.message().position(),
            destinations == 0
                ? outcome
                : new Outcome.Apart("destination" + id % destinations, outcome));
      }
    }

    /** Whoever is parked was charged with its own failures, and not with the destination's. */
    private void judge() {
      for (Task task : rehearsal.offered) {
        Settlement settlement = task.settlement();
        long id = task.message().id();
        if (settlement == null || settlement.status() != Status.PARKED || !judged.add(id)) {
          continue;
        }
        Outcome last = latestOutcome.get(id);
        boolean arrived =
            last instanceof Outcome.RetryLater later
                && later.fault() == Outcome.Fault.UNKNOWN
                && settings.onUnknown() == OnUnknown.QUARANTINE;
        boolean shown = latestDelivered > latestStart.getOrDefault(id, 0L);
        boolean nothingElse =
            nothingElseStarts()
                && ((last instanceof Outcome.Rejected rejected
                        && rejected.refused() == Outcome.Refused.MESSAGE)
                    || latestDelivered > firstFailed.getOrDefault(id, 0L));
        assertThat(settings.after() == 0 || arrived || shown || nothingElse)
            .as("%s was parked for %s", id, last)
            .isTrue();
      }
    }

    private boolean nothingElseStarts() {
      return concluding
          || (rehearsal.underWay.isEmpty()
              && (ordering != Ordering.START || settings.whileRetrying() == WhileRetrying.HOLD));
    }

    /** As the run does where there is nothing more to read. */
    boolean conclude() {
      concluding = true;
      boolean concluded = rehearsal.conclude();
      judge();
      concluding = false;
      return concluded;
    }

    /** Every ninth always fails, every eleventh is always refused. */
    private static Outcome outcome(Random random, long id) {
      if (id % 9 == 0) {
        return Rehearsal.failed();
      }
      if (id % 11 == 0) {
        return Rehearsal.rejected();
      }
      return switch (random.nextInt(18)) {
        case 0 -> Rehearsal.failed();
        case 1 -> Rehearsal.unknown();
        case 2 -> Rehearsal.unavailable(null);
        case 3 -> Rehearsal.rejected();
        case 4 -> Rehearsal.untaken();
        case 5 -> Rehearsal.busy(Duration.ofMillis(random.nextInt(400)));
        case 6 -> Rehearsal.refused();
        case 7 -> Rehearsal.unavailable(Duration.ofMillis(random.nextInt(3000)));
        case 8 -> Rehearsal.unready();
        default -> Rehearsal.delivered();
      };
    }

    void check() {
      judge();
      Stop stop = rehearsal.state.stopped();
      if (stop != null && !stopped) {
        stopped = true;
        startsAtStop = rehearsal.starts.size();
        knownAtStop = rehearsal.offered.stream().filter(f -> f.settlement() != null).count();
      }
      assertThat(rehearsal.mostUnderWay).isLessThanOrEqualTo(window);
      assertThat(rehearsal.mostClaims()).isLessThanOrEqualTo(window);
      if (ordering != Ordering.KEY) {
        assertThat(firstStarts).as("first starts in position order").isSorted();
      }
      if (stopped) {
        assertThat(rehearsal.starts).as("nothing starts after a stop").hasSize(startsAtStop);
      }
      if (cutShort()) {
        assertThat((long) rehearsal.recorded.size())
            .as("what is known after the lease was lost is not recorded")
            .isLessThanOrEqualTo(knownAtStop);
      }
    }

    private boolean cutShort() {
      Stop stop = rehearsal.state.stopped();
      return stop != null
          && (stop.reason() == Stop.Reason.LEASE_LOST || stop.reason() == Stop.Reason.BROKEN);
    }

    boolean over() {
      if (cutShort()) {
        return rehearsal.underWay.isEmpty();
      }
      return rehearsal.underWay.isEmpty()
          && rehearsal.state.idle()
          && (stopped || (rehearsal.offered.size() == MESSAGES && !conclude() && ended()));
    }

    /** Whether the decision was that nothing follows, be it by a stop. */
    private boolean ended() {
      check();
      rehearsal.record();
      return true;
    }

    private boolean setAside(Task task) {
      Settlement settlement = task.settlement();
      return settlement != null
          && settlement.status() == Status.PARKED
          && !(outage.answer().equals(Rehearsal.unknown())
              && settings.onUnknown() == OnUnknown.QUARANTINE);
    }

    void checkEnd() {
      assertThat(rehearsal.offered).allMatch(Task::over);
      if (outage.always() && settings.after() > 0) {
        assertThat(rehearsal.offered.stream().filter(this::setAside))
            .as("parked though the destination never took any")
            .isEmpty();
        if (outage.answer() instanceof Outcome.Rejected && destinations == 0) {
          assertThat(rehearsal.starts).hasSizeLessThanOrEqualTo(settings.after() + 1 + window);
        }
      }
      List<Long> settled = rehearsal.recorded.values().stream().map(s -> s.message().id()).toList();
      assertThat(settled).as("each settled once").doesNotHaveDuplicates();
      if (!stopped) {
        List<Long> heldBack =
            rehearsal.state.takeHeldBack().stream().map(f -> f.message().id()).toList();
        assertThat(settled).hasSize(MESSAGES - heldBack.size()).noneMatch(heldBack::contains);
        for (long held : heldBack) {
          assertThat(LongStream.range(1, held).filter(id -> sameLane(id, held) && parked(id)))
              .as("what %s was held back for", held)
              .hasSize(1);
        }
        assertThat(rehearsal.recorded.values())
            .extracting(Settlement::status)
            .doesNotContain(Status.PENDING);
      }
      if (ordering == Ordering.START && !stopped) {
        assertThat(firstStarts).hasSize(MESSAGES);
      }
    }
  }
}
