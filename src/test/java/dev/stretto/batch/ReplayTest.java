package dev.stretto.batch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stretto.batch.RehearsedTransport.Answer;
import dev.stretto.database.Database;
import dev.stretto.database.Durability;
import dev.stretto.database.OnEachDatabase;
import dev.stretto.outbox.Counting;
import dev.stretto.outbox.RunTable;
import dev.stretto.outbox.admin.DeliveredMessages;
import dev.stretto.outbox.admin.DeliveredMessages.Filter;
import dev.stretto.outbox.admin.OutboxView;
import dev.stretto.outbox.admin.RecordedMessages;
import dev.stretto.report.StartOrder;
import dev.stretto.report.StartOrder.Finding;
import dev.stretto.run.RunOptions;
import dev.stretto.transport.Call;
import dev.stretto.transport.Outcome;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.LongStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Delivered messages are sent again, and nothing that is on record turns false. */
@OnEachDatabase
class ReplayTest {

  private static final Filter ALL = new Filter(null, null, null);

  @Parameter Database database;
  @TempDir Path folder;

  @Test
  void theSameMessagesAreSentInPositionOrderAndCountedOnce() throws Exception {
    try (JobFixture fixture = new JobFixture(database, folder, "window=8")) {
      fixture.append(1200);
      fixture.dispatch();
      List<String> ids =
          fixture.transport.calls().stream().map(call -> call.message().messageId()).toList();
      fixture.context.getBean(Counting.class).catchUp("space");

      assertThat(delivered(fixture).count("space", ALL)).isEqualTo(1200);
      assertThat(delivered(fixture).replay("space", ALL)).isEqualTo(1200);
      assertThat(new OutboxView(fixture.jdbc).counts("space"))
          .isEqualTo(new OutboxView.Counts(1200, 0, 0, 0, 0));
      fixture.append(3);
      fixture.dispatch();

      List<Call> again = fixture.transport.calls().subList(1200, 2403);
      assertThat(again.subList(0, 1200))
          .extracting(call -> call.message().messageId())
          .isEqualTo(ids);
      assertThat(again)
          .extracting(call -> call.message().position())
          .containsExactlyElementsOf(LongStream.rangeClosed(1, 1203).boxed().toList());
      assertThat(again.subList(0, 1200)).extracting(Call::attempt).containsOnly(2);
      assertThat(again.subList(1200, 1203)).extracting(Call::attempt).containsOnly(1);
      assertThat(new OutboxView(fixture.jdbc).counts("space"))
          .isEqualTo(new OutboxView.Counts(0, 0, 1203, 0, 0));
      assertThat(
              new StartOrder(new RecordedMessages(fixture.jdbc), new RunTable(fixture.jdbc))
                  .check("space", null))
          .as("what verify finds")
          .isEqualTo(new Finding("space", 1203, 0, null));
    }
  }

  @Test
  void theRunThatIsUnderWayTakesThemUp() throws Exception {
    try (JobFixture fixture = new JobFixture(database, folder, "window=2")) {
      fixture.append(6);
      CompletableFuture<Long> replayed = new CompletableFuture<>();
      fixture.transport.script(call ->
          call.message().position() == 6
              ? new Answer(new Outcome.Delivered(), replayed)
              : Answer.delivered(Duration.ofMillis(1)));
      Thread.startVirtualThread(() -> {
        try {
          Awaitility.await().until(() -> fixture.statuses().getOrDefault("DELIVERED", 0) == 5);
          replayed.complete(delivered(fixture).replay("space", ALL));
        } catch (RuntimeException e) {
          replayed.completeExceptionally(e);
        }
      });

      assertThat(fixture.dispatch().counts().delivered()).isEqualTo(11);

      assertThat(replayed).isCompletedWithValue(5L);
      assertThat(fixture.transport.positions().subList(6, 11)).containsExactly(1L, 2L, 3L, 4L, 5L);
      assertThat(fixture.statuses()).isEqualTo(Map.of("DELIVERED", 6));
    }
  }

  @Test
  void inKeyOrderOneOfAKeyIsUnderWayAlsoWhereLaterOnesWait() throws Exception {
    try (JobFixture fixture =
        new JobFixture(database, folder, "ordering=key", "window=8", "look-ahead=8")) {
      for (int i = 0; i < 40; i++) {
        fixture.append(1, "a");
        fixture.append(1, "b");
      }
      fixture.dispatch(new RunOptions(30L, null, null, null, null), run -> {});
      long sent = fixture.transport.calls().size();
      assertThat(delivered(fixture).replay("space", new Filter("a", null, null))).isEqualTo(15);
      Set<String> busy = ConcurrentHashMap.newKeySet();
      Queue<Call> disorder = new ConcurrentLinkedQueue<>();
      fixture.transport.script(call -> {
        String key = String.valueOf(call.message().orderingKey());
        if (!busy.add(key)) {
          disorder.add(call);
        }
        Answer answer = Answer.delivered(Duration.ofMillis(2));
        return new Answer(answer.outcome(), answer.when().thenRun(() -> busy.remove(key)));
      });

      fixture.dispatch();

      assertThat(disorder).isEmpty();
      assertThat(fixture.statuses()).isEqualTo(Map.of("DELIVERED", 80));
      List<Long> positions = fixture.transport.positions();
      List<Long> ofA = new ArrayList<>(positions.subList((int) sent, positions.size()));
      ofA.removeIf(position -> position % 2 == 0);
      assertThat(ofA)
          .as("of key a: the replayed ones first, then those that waited")
          .hasSize(40)
          .isSorted();
    }
  }

  @Test
  void whatIsReplayedBehindABlockedKeyWaitsForIt() throws Exception {
    try (JobFixture fixture = new JobFixture(database, folder, "ordering=key", "window=4")) {
      fixture.append(5, "a");
      fixture.append(5, "b");
      fixture.transport.script(call ->
          call.message().position() == 4
              ? Answer.soon(new Outcome.Rejected(Outcome.Refused.MESSAGE, "HTTP 422"))
              : Answer.delivered(Duration.ofMillis(1)));
      fixture.dispatch();
      int sent = fixture.transport.calls().size();
      assertThat(delivered(fixture).replay("space", new Filter("a", null, null))).isEqualTo(3);

      fixture.dispatch();
      assertThat(fixture.transport.calls()).as("calls").hasSize(sent);
      fixture.jdbc.update("update outbox_lane set blocked_by = null");
      fixture.dispatch();

      assertThat(fixture.transport.positions().subList(sent, sent + 4))
          .containsExactly(1L, 2L, 3L, 5L);
    }
  }

  private static DeliveredMessages delivered(JobFixture fixture) {
    return new DeliveredMessages(
        fixture.jdbc,
        new TransactionTemplate(fixture.context.getBean(PlatformTransactionManager.class)),
        fixture.context.getBean(Durability.class));
  }
}
