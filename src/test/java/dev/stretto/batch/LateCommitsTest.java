package dev.stretto.batch;

import static java.util.stream.LongStream.rangeClosed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.stretto.batch.RehearsedTransport.Answer;
import dev.stretto.batch.RunResult.Executed;
import dev.stretto.database.Database;
import dev.stretto.database.OnEachDatabase;
import dev.stretto.message.Message;
import dev.stretto.report.ChannelStatuses;
import dev.stretto.transport.Call;
import dev.stretto.transport.Outcome;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Producers on several connections that insert, wait and commit in any order while a dispatch runs.
 */
@Tag("slow")
@OnEachDatabase
class LateCommitsTest {

  private static final int PRODUCERS = 5;
  private static final int STEPS = 150;

  @Parameter Database database;
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"start", "key"})
  void whatIsCommittedInAnyOrderIsSentOnceAndWaitsForNobodysTransaction(String ordering)
      throws Exception {
    long seed = Long.getLong("stretto.seed", System.nanoTime());
    System.out.println("LateCommitsTest: -Dstretto.seed=" + seed);
    Random random = new Random(seed);
    try (JobFixture fixture = new JobFixture(database, folder, "window=6", "ordering=" + ordering);
        Producer forgetful = new Producer(fixture.connect(), "open all the time");
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      forgetful.insert(2);
      CompletableFuture<Void> over = new CompletableFuture<>();
      fixture.transport.script(call -> answer(call, over));
      fixture.append(1, "keeps the run going");
      Future<Executed> run = threads.submit(() -> fixture.dispatch());

      List<String> committed = new ArrayList<>();
      try {
        produce(fixture, random, committed);
      } finally {
        over.complete(null);
      }
      assertThat(run.get().status()).isEqualTo("COMPLETED");
      everyOneWasSentOnce(fixture, committed);
      assertThat(fixture.statuses())
          .as("none that was rolled back, none of the open transaction")
          .isEqualTo(Map.of("DELIVERED", committed.size() + 1));

      committed.addAll(forgetful.commit());
      assertThat(fixture.dispatch().counts().delivered()).isEqualTo(2);
      everyOneWasSentOnce(fixture, committed);
    }
  }

  private static Answer answer(Call call, CompletableFuture<Void> over) {
    return "{}".equals(call.message().payload())
        ? new Answer(new Outcome.Delivered(), over)
        : Answer.delivered(Duration.ofMillis(call.message().id() % 4));
  }

  /** A random schedule of inserts, commits and rollbacks, and of waits for what was committed. */
  private static void produce(JobFixture fixture, Random random, List<String> committed)
      throws SQLException {
    List<Producer> producers = new ArrayList<>();
    try {
      for (int i = 0; i < PRODUCERS; i++) {
        producers.add(new Producer(fixture.connect(), "producer " + i));
      }
      for (int step = 0; step < STEPS; step++) {
        Producer producer = producers.get(random.nextInt(PRODUCERS));
        switch (random.nextInt(8)) {
          case 0, 1, 2, 3 -> producer.insert(1 + random.nextInt(12));
          case 4, 5 -> committed.addAll(producer.commit());
          case 6 -> producer.rollback();
          default -> awaitStarted(fixture, committed);
        }
      }
      for (Producer producer : producers.reversed()) {
        committed.addAll(producer.commit());
        awaitStarted(fixture, committed);
      }
    } finally {
      for (Producer producer : producers) {
        producer.close();
      }
    }
  }

  /** While others have transactions open, with lower ids and with higher ones. */
  private static void awaitStarted(JobFixture fixture, List<String> committed) {
    await()
        .pollInterval(Duration.ofMillis(5))
        .until(() -> fixture.transport.calls().size() == committed.size() + 1);
  }

  private static void everyOneWasSentOnce(JobFixture fixture, List<String> committed) {
    List<Message> sent = fixture.transport.calls().stream().map(Call::message).toList();
    assertThat(sent.stream().map(Message::payload).filter(payload -> !"{}".equals(payload)))
        .containsExactlyInAnyOrderElementsOf(committed);
    assertThat(
            fixture.jdbc.queryForList(
                "select position from outbox_message where position is not null order by position",
                Long.class))
        .isEqualTo(rangeClosed(1, sent.size()).boxed().toList());
    assertThat(late(fixture)).isPositive().isEqualTo(fallsInIds(fixture));
    Map<String, Long> last = new HashMap<>();
    for (Message message : sent) {
      Long before = last.put(String.valueOf(message.orderingKey()), message.position());
      assertThat(before == null || before < message.position()).as("%s", message).isTrue();
    }
  }

  /** What people are told. */
  private static long late(JobFixture fixture) {
    return new ChannelStatuses(fixture.jdbc).of(List.of(JobFixture.CHANNEL)).getFirst().late();
  }

  /** How many have a higher id before them, in the order of the positions. */
  private static long fallsInIds(JobFixture fixture) {
    long highest = 0;
    long falls = 0;
    for (long id :
        fixture.jdbc.query(
            "select id from outbox_message where position is not null order by position",
            (row, number) -> row.getLong(1))) {
      falls += id < highest ? 1 : 0;
      highest = Math.max(highest, id);
    }
    return falls;
  }

  /** One connection, whose rows are told apart by what they say. */
  private static final class Producer implements AutoCloseable {

    private final Connection connection;
    private final String name;
    private final List<String> uncommitted = new ArrayList<>();
    private int inserted;

    Producer(Connection connection, String name) throws SQLException {
      this.connection = connection;
      this.name = name;
      connection.setAutoCommit(false);
    }

    void insert(int rows) throws SQLException {
      try (PreparedStatement insert =
          connection.prepareStatement(
              "insert into outbox_message (channel, payload, ordering_key)"
                  + " values ('space', ?, ?)")) {
        for (int i = 0; i < rows; i++) {
          String payload = name + ", " + ++inserted;
          uncommitted.add(payload);
          insert.setString(1, payload);
          insert.setString(2, inserted % 3 == 0 ? null : "key " + inserted % 3);
          insert.addBatch();
        }
        insert.executeBatch();
      }
    }

    /** Returns what is there since. */
    List<String> commit() throws SQLException {
      connection.commit();
      List<String> committed = List.copyOf(uncommitted);
      uncommitted.clear();
      return committed;
    }

    void rollback() throws SQLException {
      connection.rollback();
      uncommitted.clear();
    }

    @Override
    public void close() throws SQLException {
      connection.rollback();
      connection.close();
    }
  }
}
