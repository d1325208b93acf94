package dev.stretto.batch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stretto.batch.RehearsedTransport.Answer;
import dev.stretto.database.Durability;
import dev.stretto.dispatch.Stop;
import dev.stretto.message.Message;
import dev.stretto.outbox.admin.ParkedMessages;
import dev.stretto.outbox.admin.ParkedMessages.Decision;
import dev.stretto.run.ChannelRun;
import dev.stretto.run.RunOptions;
import dev.stretto.transport.Call;
import dev.stretto.transport.Outcome;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Key order on a real database, through random arrivals, latencies, faults, limits, stops, kills,
 * and decisions about parked messages while runs are under way. A killed run is played by one whose
 * fence another took: it records nothing more. More schedules, such as {@code .ci/run} has: {@code
 * -Dstretto.schedules=10000}, of which this test runs a fifteenth; a failure names its seed.
 */
class KeyScheduleTest {

  private static final int WINDOW = 4;

  @TempDir static Path folder;

  private static final Map<String, JobFixture> OPEN = new HashMap<>();

  @AfterAll
  static void close() {
    OPEN.values().forEach(JobFixture::close);
    OPEN.clear();
  }

  private static JobFixture fixture(String setting) {
    return OPEN.computeIfAbsent(
        setting,
        further ->
            new JobFixture(
                folder.resolve("db" + OPEN.size()),
                "ordering=key",
                "window=" + WINDOW,
                "retry.attempts=2",
                "unavailable.backoff=1ms",
                "unavailable.max-backoff=2ms",
                further));
  }

  static IntStream seeds() {
    return IntStream.range(0, Math.max(1, Integer.getInteger("stretto.schedules", 150) / 15));
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void everyScheduleKeepsEachKeyInOrderAndLosesNothing(int seed) throws Exception {
    Schedule schedule = new Schedule(fixture("look-ahead=" + 3 * WINDOW), seed, true);
    schedule.play();
    assertThat(schedule.disorder).as("seed %s", seed).isEmpty();
    schedule.assertAllSettled();
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void changingTheOrderingBetweenRunsLosesNothing(int seed) throws Exception {
    Schedule schedule = new Schedule(fixture("drain=10s"), seed, false);
    schedule.play();
    schedule.assertAllSettled();
  }

  private static final class Schedule {

    private final JobFixture fixture;
    private final int seed;
    private final boolean keyOrder;
    private final Random random;
    private final ParkedMessages parked;
    private final List<CompletableFuture<?>> underWay = new ArrayList<>();
    private final Map<String, Long> lastOfKey = new HashMap<>();
    private final Set<String> busyKeys = new HashSet<>();

    /** Delivered, and not sent again since. */
    private final Set<Long> delivered = new HashSet<>();

    final List<String> disorder = new ArrayList<>();
    private volatile @Nullable ChannelRun run;
    private boolean calm;
    private int again;
    private int kills;

    Schedule(JobFixture fixture, int seed, boolean keyOrder) {
      this.fixture = fixture;
      this.seed = seed;
      this.keyOrder = keyOrder;
      this.random = new Random(seed);
      this.parked =
          new ParkedMessages(
              fixture.jdbc,
              new TransactionTemplate(fixture.context.getBean(PlatformTransactionManager.class)),
              fixture.context.getBean(Durability.class));
    }

    void play() throws Exception {
      fixture.jdbc.update("delete from outbox_message");
      fixture.transport.script(this::answer);
      append(20 + random.nextInt(60));
      for (int round = 0; round < 5; round++) {
        int fence = fence();
        assertSound(fixture.launch(options(), running -> run = running));
        settleDown(fence);
        if (random.nextInt(3) == 0) {
          decide();
        }
        append(random.nextInt(20));
      }
      synchronized (this) {
        calm = true;
      }
      RunResult last;
      do {
        parked.decideAll(Decision.REDRIVE, JobFixture.CHANNEL);
        last = fixture.launch(RunOptions.NONE, running -> run = running);
        assertSound(last);
      } while (last.remaining() > 0 || parked.count(JobFixture.CHANNEL) > 0);
    }

    private void assertSound(RunResult result) {
      boolean sound =
          switch (result) {
            case RunResult.Held _, RunResult.Paused _ -> false;
            case RunResult.NothingToDo _, RunResult.GateClosed _, RunResult.NotBegun _ -> true;
            case RunResult.Executed run ->
                run.stop() == null
                    ? run.failure() == null
                    : run.stop().reason() != Stop.Reason.BROKEN;
          };
      if (!sound) {
        disorder.add(result.toString());
      }
    }

    private RunOptions options() {
      Long limit = random.nextInt(4) == 0 ? 1 + random.nextLong(30) : null;
      String ordering = keyOrder ? null : List.of("start", "key", "strict").get(random.nextInt(3));
      return new RunOptions(limit, null, null, null, ordering);
    }

    private int fence() {
      Integer fence =
          fixture.jdbc.queryForObject(
              "select coalesce(max(fence), 0) from outbox_channel", Integer.class);
      return fence == null ? 0 : fence;
    }

    /** Waits for the calls of a killed run, and lets the next one have its fence. */
    private void settleDown(int before) {
      CompletableFuture.allOf(underWay.toArray(CompletableFuture<?>[]::new)).join();
      if (fence() > before + 1) {
        kills++;
        fixture.jdbc.update("update outbox_channel set fence = fence - 1");
      }
    }

    private void append(int messages) {
      for (int i = 0; i < messages; i++) {
        // Half of them of one hot key.
        int key = random.nextInt(8);
        fixture.jdbc.update(
            "insert into outbox_message (channel, payload, ordering_key) values ('space', '1', ?)",
            key == 0 ? null : key < 5 ? "hot" : "k" + key);
      }
    }

    private void decide() {
      parked.decideAll(
          random.nextBoolean() ? Decision.REDRIVE : Decision.DISCARD, JobFixture.CHANNEL);
    }

    /** On the dispatching thread, which starts one call after the other. */
    private synchronized Answer answer(Call call) {
      Message message = call.message();
      note(message);
      Outcome outcome = calm ? new Outcome.Delivered() : outcome();
      if (!calm) {
        meddle();
      }
      Answer answer = Answer.after(Duration.ofNanos(random.nextInt(1_000_000)), outcome);
      CompletableFuture<?> ended = answer.when().thenRun(() -> ended(message, outcome));
      underWay.add(ended);
      return new Answer(outcome, ended);
    }

    private void note(Message message) {
      if (delivered.remove(message.id())) {
        again++;
      }
      String key = message.orderingKey();
      if (key != null) {
        if (!busyKeys.add(key)) {
          disorder.add(message.position() + " of " + key + " starts while another is under way");
        }
        Long last = lastOfKey.put(key, message.position());
        if (last != null && last > message.position()) {
          disorder.add(message.position() + " of " + key + " starts after " + last);
        }
      }
    }

    private synchronized void ended(Message message, Outcome outcome) {
      if (outcome instanceof Outcome.Delivered) {
        delivered.add(message.id());
      }
      busyKeys.remove(String.valueOf(message.orderingKey()));
    }

    private Outcome outcome() {
      return switch (random.nextInt(40)) {
        case 0, 1 -> new Outcome.Rejected(Outcome.Refused.MESSAGE, "HTTP 422");
        case 2, 3, 4, 5 -> new Outcome.RetryLater(Outcome.Fault.FAILED, "HTTP 502", null);
        case 6, 7 -> new Outcome.RetryLater(Outcome.Fault.UNKNOWN, "timeout", null);
        case 8 -> new Outcome.RetryLater(Outcome.Fault.UNAVAILABLE, "HTTP 503", null);
        default -> new Outcome.Delivered();
      };
    }

    private void meddle() {
      ChannelRun running = run;
      switch (random.nextInt(60)) {
        case 0 -> append(1 + random.nextInt(10));
        case 1 -> underWay.add(CompletableFuture.runAsync(this::decideAside));
        case 2 -> {
          if (running != null) {
            running.stop("the schedule says so");
          }
        }
        case 3 -> {
          if (running != null && running.stopped() == null) {
            fixture.jdbc.update(
                "update outbox_channel set fence ="
                    + " (select fence + 1 from channel_lease where channel = 'space')");
          }
        }
        default -> {}
      }
    }

    private void decideAside() {
      Decision decision;
      synchronized (this) {
        decision = random.nextBoolean() ? Decision.REDRIVE : Decision.DISCARD;
      }
      parked.decideAll(decision, JobFixture.CHANNEL);
    }

    void assertAllSettled() {
      assertThat(fixture.statuses().keySet())
          .as("seed %s", seed)
          .isSubsetOf("DELIVERED", "DISCARDED");
      assertThat(fixture.jdbc.queryForList("select * from outbox_held"))
          .as("seed %s", seed)
          .isEmpty();
      assertThat(fixture.jdbc.queryForList("select * from outbox_lane"))
          .as("seed %s", seed)
          .isEmpty();
      assertThat(again)
          .as("seed %s: sent again after %s kills", seed, kills)
          .isLessThanOrEqualTo(kills * WINDOW);
      assertThat(fixture.transport.mostUnderWay()).isLessThanOrEqualTo(WINDOW);
    }
  }
}
