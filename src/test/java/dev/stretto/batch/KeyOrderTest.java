package dev.stretto.batch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stretto.batch.RehearsedTransport.Answer;
import dev.stretto.batch.RunResult.Executed;
import dev.stretto.database.Database;
import dev.stretto.database.Durability;
import dev.stretto.database.OnEachDatabase;
import dev.stretto.outbox.admin.ParkedMessages;
import dev.stretto.outbox.admin.ParkedMessages.Decision;
import dev.stretto.run.ChannelRun;
import dev.stretto.run.RunOptions;
import dev.stretto.transport.Call;
import dev.stretto.transport.Outcome;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.LongStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Law 4 on a real database: {@code ordering: key}. */
@OnEachDatabase
class KeyOrderTest {

  @Parameter Database database;
  @TempDir Path folder;

  @Test
  void messagesOfAKeyFollowEachOtherAndKeysOverlap() throws Exception {
    try (JobFixture fixture = new JobFixture(database, folder, "ordering=key", "window=8")) {
      for (int round = 0; round < 50; round++) {
        for (String key : List.of("a", "b", "c")) {
          fixture.append(2, key);
        }
        fixture.append(1, null);
      }
      Overlaps overlaps = new Overlaps();
      fixture.transport.script(overlaps::answer);

      Executed result = fixture.dispatch();

      assertThat(result.status()).isEqualTo("COMPLETED");
      assertThat(fixture.statuses()).isEqualTo(Map.of("DELIVERED", 350));
      assertThat(overlaps.broken).isEmpty();
      assertThat(fixture.transport.mostUnderWay()).isBetween(3, 8);
      assertEachKeyInOrder(fixture);
      assertThat(positions(fixture))
          .as("in id order, without a gap")
          .containsExactlyElementsOf(LongStream.rangeClosed(1, 350).boxed().toList());
      assertNothingIsHeld(fixture);
    }
  }

  @Test
  void aHotKeyAtTheHeadDoesNotStallTheOthers() throws Exception {
    try (JobFixture fixture =
        new JobFixture(database, folder, "ordering=key", "window=16", "look-ahead=64")) {
      fixture.append(600, "hot");
      fixture.append(300, null);
      AtomicInteger hot = new AtomicInteger();
      AtomicInteger others = new AtomicInteger();
      AtomicInteger hotWhenOthersWereDone = new AtomicInteger();
      fixture.transport.script(call -> {
        if (call.message().orderingKey() != null) {
          hot.incrementAndGet();
        } else if (others.incrementAndGet() == 300) {
          hotWhenOthersWereDone.set(hot.get());
        }
        return Answer.delivered(Duration.ofMillis(1));
      });

      Executed result = fixture.dispatch();

      assertThat(result.counts().delivered()).isEqualTo(900);
      assertThat(hotWhenOthersWereDone.get()).as("hot ones sent by then").isLessThan(600);
      assertEachKeyInOrder(fixture);
      assertNothingIsHeld(fixture);
    }
  }

  @Test
  void aRejectedMessageBlocksItsKeyOnlyAndForLaterRunsToo() throws Exception {
    try (JobFixture fixture = new JobFixture(database, folder, "ordering=key", "window=4")) {
      fixture.append(20, "bad");
      fixture.append(20, "good");
      fixture.transport.script(call ->
          call.message().position() == 3
              ? Answer.soon(new Outcome.Rejected(Outcome.Refused.MESSAGE, "HTTP 422"))
              : Answer.delivered(Duration.ofMillis(1)));

      Executed first = fixture.dispatch();

      assertThat(first.status()).isEqualTo("COMPLETED");
      assertThat(first.counts().parked()).isEqualTo(1);
      assertThat(first.remaining()).isEqualTo(17);
      assertThat(fixture.statuses()).isEqualTo(Map.of("DELIVERED", 22, "PARKED", 1, "PENDING", 17));

      fixture.append(1, "bad");
      fixture.append(1, "good");
      Executed second = fixture.dispatch();

      assertThat(second.counts().delivered()).isEqualTo(1);
      assertThat(second.remaining()).isEqualTo(18);
      int calls = fixture.transport.calls().size();
      assertThat(fixture.launch()).isInstanceOf(RunResult.NothingToDo.class);
      assertThat(fixture.transport.calls()).hasSize(calls);

      fixture.transport.script(call -> Answer.delivered(Duration.ofMillis(1)));
      assertThat(decide(fixture, Decision.REDRIVE)).isEqualTo(1);
      Executed third = fixture.dispatch();

      assertThat(third.counts().delivered()).isEqualTo(19);
      assertThat(fixture.statuses()).isEqualTo(Map.of("DELIVERED", 42));
      assertThat(sent(fixture, "bad").subList(3, 4))
          .as("the redriven one first")
          .containsExactly(3L);
      assertThat(sent(fixture, "bad").subList(3, 21)).isSorted();
      assertNothingIsHeld(fixture);
    }
  }

  @Test
  void discardingLetsTheKeyGoOnWhileTheRunIsUnderWay() throws Exception {
    try (JobFixture fixture = new JobFixture(database, folder, "ordering=key", "window=4")) {
      fixture.append(10, "bad");
      fixture.append(1, null);
      fixture.append(10, "good");
      CompletableFuture<Void> last = new CompletableFuture<>();
      fixture.transport.script(call -> {
        if (call.message().orderingKey() == null) {
          return new Answer(new Outcome.Delivered(), last);
        }
        if (call.message().position() == 10) {
          last.complete(null);
        }
        return call.message().position() == 2
            ? Answer.soon(new Outcome.Rejected(Outcome.Refused.MESSAGE, "HTTP 422"))
            : Answer.delivered(Duration.ofMillis(1));
      });
      CompletableFuture<Executed> run = new CompletableFuture<>();
      Thread.ofPlatform()
          .start(() -> {
            try {
              run.complete(fixture.dispatch());
            } catch (Exception e) {
              run.completeExceptionally(e);
            }
          });
      Awaitility.await().until(() -> fixture.statuses().containsKey("PARKED"));

      assertThat(decide(fixture, Decision.DISCARD)).isEqualTo(1);

      assertThat(run.join().status()).isEqualTo("COMPLETED");
      assertThat(fixture.statuses()).isEqualTo(Map.of("DELIVERED", 20, "DISCARDED", 1));
      assertNothingIsHeld(fixture);
    }
  }

  @Test
  void aStoppedRunIsCarriedOnInOrder() throws Exception {
    try (JobFixture fixture =
        new JobFixture(database, folder, "ordering=key", "window=4", "look-ahead=8")) {
      for (int round = 0; round < 40; round++) {
        fixture.append(3, "a");
        fixture.append(3, "b");
      }
      AtomicReference<ChannelRun> running = new AtomicReference<>();
      AtomicInteger calls = new AtomicInteger();
      fixture.transport.script(call -> {
        if (calls.incrementAndGet() % 40 == 0) {
          running.get().stop("the test said so");
        }
        return Answer.delivered(Duration.ofMillis(1));
      });

      Executed result;
      do {
        result = fixture.dispatch(RunOptions.NONE, running::set);
        assertThat(result.status()).isIn("STOPPED", "COMPLETED");
      } while (result.stop() != null);

      assertThat(fixture.statuses()).isEqualTo(Map.of("DELIVERED", 240));
      assertThat(fixture.transport.calls()).as("each once").hasSize(240);
      assertEachKeyInOrder(fixture);
      assertNothingIsHeld(fixture);
    }
  }

  @Test
  void aChannelThatLeavesKeyOrderSendsWhatWasHeld() throws Exception {
    try (JobFixture fixture = new JobFixture(database, folder, "ordering=key", "window=4")) {
      fixture.append(10, "bad");
      fixture.transport.script(
          call -> Answer.soon(new Outcome.Rejected(Outcome.Refused.MESSAGE, "HTTP 422")));
      fixture.dispatch();
      assertThat(fixture.statuses()).isEqualTo(Map.of("PARKED", 1, "PENDING", 9));
      fixture.transport.script(call -> Answer.delivered(Duration.ofMillis(1)));

      fixture.dispatch(new RunOptions(null, null, null, null, "start"), run -> {});

      assertThat(fixture.statuses()).isEqualTo(Map.of("DELIVERED", 9, "PARKED", 1));
      assertNothingIsHeld(fixture);
    }
  }

  private static long decide(JobFixture fixture, Decision decision) {
    return new ParkedMessages(
            fixture.jdbc,
            new TransactionTemplate(fixture.context.getBean(PlatformTransactionManager.class)),
            fixture.context.getBean(Durability.class))
        .decideAll(decision, JobFixture.CHANNEL);
  }

  private static List<Long> sent(JobFixture fixture, String key) {
    return fixture.transport.calls().stream()
        .map(Call::message)
        .filter(message -> key.equals(message.orderingKey()))
        .map(message -> message.position())
        .toList();
  }

  private static void assertEachKeyInOrder(JobFixture fixture) {
    Map<String, Long> last = new HashMap<>();
    for (Call call : fixture.transport.calls()) {
      String key = call.message().orderingKey();
      if (key != null) {
        Long before = last.put(key, call.message().position());
        assertThat(before == null || before < call.message().position())
            .as("%s after %s of key %s", call.message().position(), before, key)
            .isTrue();
      }
    }
  }

  private static List<Long> positions(JobFixture fixture) {
    return fixture.jdbc.query(
        "select position from outbox_message order by id", (row, number) -> row.getLong(1));
  }

  private static void assertNothingIsHeld(JobFixture fixture) {
    assertThat(fixture.jdbc.queryForList("select * from outbox_held")).isEmpty();
    assertThat(fixture.jdbc.queryForList("select * from outbox_lane")).isEmpty();
    assertThat(
            fixture.jdbc.queryForList("select id from outbox_message where queue in (0, 1, 2, 3)"))
        .isEmpty();
  }

  /** Answers after a millisecond, and notes where two of a key are under way. */
  private static final class Overlaps {
    private final Map<String, Call> underWay = new ConcurrentHashMap<>();
    private final Set<String> broken = ConcurrentHashMap.newKeySet();

    Answer answer(Call call) {
      Answer answer = Answer.delivered(Duration.ofMillis(1));
      String key = call.message().orderingKey();
      if (key == null) {
        return answer;
      }
      if (underWay.put(key, call) != null) {
        broken.add(key + " at " + call.message().position());
      }
      return new Answer(answer.outcome(), answer.when().thenRun(() -> underWay.remove(key)));
    }
  }
}
