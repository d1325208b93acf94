package dev.stretto.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stretto.dispatch.DispatchSettings.OnExhausted;
import dev.stretto.dispatch.DispatchSettings.OnUnknown;
import dev.stretto.dispatch.DispatchSettings.Ordering;
import dev.stretto.dispatch.DispatchSettings.WhileRetrying;
import dev.stretto.outbox.Settlement;
import dev.stretto.outbox.Status;
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
class CourseModelTest {

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
            .onExhausted(
                anyOf(
                    random,
                    ordering == Ordering.KEY
                        ? OnExhausted.values()
                        : new OnExhausted[] {OnExhausted.PARK, OnExhausted.HOLD}));
    Rehearsal rehearsal = new Rehearsal(settings, seed);
    Model model = new Model(rehearsal, settings, window);
    boolean stops = random.nextInt(4) == 0;
    int stopAt = random.nextInt(400);
    Stop.Reason why =
        anyOf(
            random,
            new Stop.Reason[] {
              Stop.Reason.ASKED, Stop.Reason.TIME_UP, Stop.Reason.LEASE_LOST, Stop.Reason.BROKEN
            });

    for (int step = 0; step < 5000 && !model.over(); step++) {
      if (stops && step == stopAt) {
        rehearsal.stop(why);
      }
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

  /** What the contract says, in its plainest form. */
  private static final class Model {

    private final Rehearsal rehearsal;
    private final Ordering ordering;
    private final int window;
    private final Map<Long, @Nullable String> keys = new HashMap<>();
    private final Set<Long> seen = new HashSet<>();
    private final List<Long> firstStarts = new ArrayList<>();
    private final boolean blocksKeys;
    private boolean stopped;
    private int startsAtStop;
    private long knownAtStop;

    Model(Rehearsal rehearsal, Settings settings, int window) {
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
      Flight started = rehearsal.underWay.get(before);
      long id = started.message().id();
      if (seen.add(id)) {
        firstStarts.add(id);
      }
      for (Flight other : rehearsal.underWay.subList(0, before)) {
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
        Flight flight = rehearsal.underWay.get(random.nextInt(rehearsal.underWay.size()));
        rehearsal.finish(flight.message().position(), outcome(random));
      }
    }

    private static Outcome outcome(Random random) {
      return switch (random.nextInt(10)) {
        case 0 -> Rehearsal.failed();
        case 1 -> Rehearsal.unknown();
        case 2 -> Rehearsal.unavailable(null);
        case 3 -> Rehearsal.rejected();
        default -> Rehearsal.delivered();
      };
    }

    void check() {
      Stop stop = rehearsal.course.stopped();
      if (stop != null && !stopped) {
        stopped = true;
        startsAtStop = rehearsal.starts.size();
        knownAtStop = rehearsal.offered.stream().filter(f -> f.settlement() != null).count();
      }
      assertThat(rehearsal.mostUnderWay).isLessThanOrEqualTo(window);
      assertThat(rehearsal.mostClaims).isLessThanOrEqualTo(window);
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
      Stop stop = rehearsal.course.stopped();
      return stop != null
          && (stop.reason() == Stop.Reason.LEASE_LOST || stop.reason() == Stop.Reason.BROKEN);
    }

    boolean over() {
      if (cutShort()) {
        return rehearsal.underWay.isEmpty();
      }
      return rehearsal.underWay.isEmpty()
          && rehearsal.course.idle()
          && (stopped || rehearsal.offered.size() == MESSAGES);
    }

    void checkEnd() {
      assertThat(rehearsal.offered).allMatch(Flight::over);
      List<Long> settled = rehearsal.recorded.values().stream().map(s -> s.message().id()).toList();
      assertThat(settled).as("each settled once").doesNotHaveDuplicates();
      if (!stopped) {
        List<Long> heldBack =
            rehearsal.course.takeHeldBack().stream().map(f -> f.message().id()).toList();
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
