package dev.stretto.batch;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stretto.batch.RehearsedTransport.Answer;
import dev.stretto.batch.RunResult.Executed;
import dev.stretto.database.Database;
import dev.stretto.database.OnEachDatabase;
import dev.stretto.ledger.Ledgers;
import dev.stretto.message.Status;
import dev.stretto.outbox.ChannelTable;
import dev.stretto.outbox.ChannelTable.Advance;
import dev.stretto.outbox.ChannelTable.State;
import dev.stretto.outbox.Claims;
import dev.stretto.outbox.Delivery;
import dev.stretto.outbox.JournalTable;
import dev.stretto.outbox.JournalTable.Entry;
import dev.stretto.outbox.JournalTable.Head;
import dev.stretto.outbox.Positions;
import dev.stretto.outbox.admin.RecordedMessage;
import dev.stretto.outbox.admin.RecordedMessages;
import dev.stretto.transport.Outcome;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** What a run delivered and the messages' rows don't say yet. */
@OnEachDatabase
class JournalTest {

  private static final Instant STARTED = Instant.parse("2026-03-29T00:59:59.999Z");

  @Parameter private Database database;
  @TempDir private Path folder;

  @Test
  void whatADeadRunDeliveredIsRecordedByTheNextAndNotSentAgain() throws Exception {
    try (JobFixture fixture = new JobFixture(database, folder, "window=4")) {
      fixture.append(6);
      List<Long> ids = ids(fixture);
      fixture.jdbc.update("insert into outbox_channel (channel) values ('space')");
      commit(fixture, 0, 3, entry(1, ids, 1, 3));
      commit(fixture, 0, 3, entry(2, ids, 2));
      Instant before = Instant.now();
      assertThat(fixture.context.getBean(Ledgers.class).unsettled("space"))
          .as("journaled ones are settled")
          .isEqualTo(3);

      Executed result = fixture.dispatch();

      assertThat(result.counts().delivered()).isEqualTo(3);
      assertThat(result.resent()).isZero();
      assertThat(fixture.transport.positions()).containsExactly(4L, 5L, 6L);
      assertThat(fixture.statuses()).isEqualTo(Map.of("DELIVERED", 6));
      assertThat(fixture.journaled()).isZero();
      List<RecordedMessage> recorded = recorded(fixture).subList(0, 3);
      assertThat(recorded).extracting(RecordedMessage::position).containsExactly(1L, 2L, 3L);
      assertThat(recorded)
          .allSatisfy(message -> {
            assertThat(message.status()).isEqualTo(Status.DELIVERED);
            assertThat(message.attempts()).isEqualTo(2);
            assertThat(message.first()).isEqualTo(new RecordedMessage.Start(0, message.position()));
            RecordedMessage.Stay stay = Objects.requireNonNull(message.last());
            assertThat(stay.fence()).isZero();
            assertThat(stay.startedAt()).isEqualTo(STARTED);
            assertThat(stay.settledAt())
                .as("when it was journaled, by the database's clock")
                .isBetween(before.minusSeconds(60), before.plusMillis(1));
          });
    }
  }

  @Test
  void whoIsFencedOffJournalsNothing() throws Exception {
    try (JobFixture fixture = new JobFixture(database, folder)) {
      fixture.append(1);
      fixture.jdbc.update("insert into outbox_channel (channel, fence) values ('space', 8)");

      assertThat(commit(fixture, 7, 1, entry(1, ids(fixture), 1))).isFalse();
      assertThat(fixture.journaled()).isZero();
      assertThat(commit(fixture, 8, 1, entry(1, ids(fixture), 1))).isTrue();
      assertThat(fixture.journaled()).isEqualTo(1);
    }
  }

  @Test
  void anEntryIsAppliedOnceWhoeverAppliesIt() throws Exception {
    try (JobFixture fixture = new JobFixture(database, folder)) {
      fixture.append(3);
      List<Long> ids = ids(fixture);
      fixture.jdbc.update("insert into outbox_channel (channel) values ('space')");
      commit(fixture, 0, 3, entry(1, ids, 1));
      commit(fixture, 0, 3, entry(2, ids, 2));
      commit(fixture, 0, 3, entry(3, ids, 3));
      CompletableFuture<Integer> other = new CompletableFuture<>();
      JournalTable journal = new JournalTable(fixture.jdbc, transaction(fixture));

      Integer first =
          transaction(fixture)
              .execute(status -> {
                int applied = journal.apply("space", 0, 2);
                other.completeAsync(() -> journal.apply("space", 0, 2));
                assertThatThrownBy(() -> other.get(500, MILLISECONDS))
                    .as("waits for this transaction")
                    .isInstanceOf(TimeoutException.class);
                return applied;
              });

      assertThat(first).isEqualTo(2);
      assertThat(other.join()).isLessThanOrEqualTo(1);
      journal.apply("space", 0, 2);
      assertThat(journal.apply("space", 0, 2)).isZero();
      assertThat(fixture.statuses()).isEqualTo(Map.of("DELIVERED", 3));
    }
  }

  @Test
  void whatTwoRunsDeliveredIsRecordedAsEachOfThemDid() throws Exception {
    try (JobFixture fixture = new JobFixture(database, folder)) {
      fixture.append(4);
      List<Long> ids = ids(fixture);
      fixture.jdbc.update("insert into outbox_channel (channel) values ('space')");
      commit(fixture, 0, 4, entry(1, ids, 1));
      commit(fixture, 0, 4, entry(2, ids, 2));
      fixture.jdbc.update("update outbox_channel set fence = 1");
      commit(fixture, 1, 4, entry(3, ids, 3, 4));
      List<Instant> written = List.of(STARTED.plusSeconds(1), STARTED.plusSeconds(2));
      fixture.jdbc.update(
          "update outbox_journal set written_at = ?", Timestamp.from(written.get(1)));
      fixture.jdbc.update(
          "update outbox_journal set written_at = ? where entry = 1",
          Timestamp.from(written.get(0)));

      new JournalTable(fixture.jdbc, transaction(fixture)).apply("space", 0, 3);

      List<RecordedMessage.Stay> stays =
          recorded(fixture).stream()
              .map(message -> Objects.requireNonNull(message.last()))
              .toList();
      assertThat(stays).extracting(RecordedMessage.Stay::fence).containsExactly(0L, 0L, 1L, 1L);
      assertThat(stays)
          .extracting(RecordedMessage.Stay::settledAt)
          .containsExactly(written.get(0), written.get(1), written.get(1), written.get(1));
    }
  }

  @Test
  void ofSeveralChannelsThoseEntriesAreAppliedThatWereAskedFor() throws Exception {
    try (JobFixture fixture = new JobFixture(database, folder)) {
      fixture.append(6);
      List<Long> ids = ids(fixture);
      fixture.jdbc.update("update outbox_message set channel = 'other' where id > " + ids.get(2));
      fixture.jdbc.update("insert into outbox_channel (channel) values ('space'), ('other')");
      for (int entry = 1; entry <= 3; entry++) {
        commit(fixture, "space", 0, 3, entry(entry, ids, entry));
        commit(fixture, "other", 0, 6, entry(entry, ids, 3 + entry));
      }
      JournalTable journal = new JournalTable(fixture.jdbc, transaction(fixture));

      int applied = journal.apply(List.of(new Head("space", 0, 2), new Head("other", 1, 9)));

      assertThat(applied).isEqualTo(4);
      assertThat(
              fixture.jdbc.queryForList(
                  "select position from outbox_message where status = 'DELIVERED' order by id",
                  Long.class))
          .containsExactly(1L, 2L, 5L, 6L);
      assertThat(
              fixture.jdbc.query(
                  "select channel, entry from outbox_journal order by channel desc",
                  (row, number) -> row.getString(1) + row.getLong(2)))
          .containsExactly("space3", "other1");
      assertThat(journal.apply(List.of(new Head("space", 3, 2), new Head("nobody", 0, 9))))
          .isZero();
    }
  }

  @Test
  void severalChannelsAdvanceAtOnceEachAsFarAsItIs() throws Exception {
    try (JobFixture fixture = new JobFixture(database, folder)) {
      fixture.append(2);
      List<Long> ids = ids(fixture);
      fixture.jdbc.update(
          "insert into outbox_channel (channel, fence) values ('space', 7), ('other', 3)");
      ChannelTable channels = new ChannelTable(fixture.jdbc);
      Claims claims = new Claims(List.of(new Claims.Claim(9, 90)));
      Advance space =
          new Advance("space", 7, new State(new Positions(9, 90, 4), claims), entry(1, ids, 1, 2));
      Advance other =
          new Advance("other", 3, new State(new Positions(5, 50, 0), Claims.NONE), null);

      assertThat(commit(fixture, space, other)).isTrue();

      assertThat(channels.state("space")).isEqualTo(space.state());
      assertThat(channels.state("other")).isEqualTo(other.state());
      assertThat(
              fixture.jdbc.query(
                  "select channel, fence, entry, messages from outbox_journal",
                  (row, number) ->
                      row.getString(1) + row.getLong(2) + row.getLong(3) + row.getLong(4)))
          .containsExactly("space712");
    }
  }

  @Test
  void whereOneOfSeveralIsFencedOffNothingIsDone() throws Exception {
    try (JobFixture fixture = new JobFixture(database, folder)) {
      fixture.append(1);
      List<Long> ids = ids(fixture);
      fixture.jdbc.update(
          "insert into outbox_channel (channel, fence) values ('space', 7), ('other', 4)");
      ChannelTable channels = new ChannelTable(fixture.jdbc);
      State state = new State(new Positions(1, 1, 0), Claims.NONE);

      Advance space = new Advance("space", 7, state, entry(1, ids, 1));
      Advance other = new Advance("other", 3, state, entry(1, ids, 1));

      assertThat(commit(fixture, space, other)).isFalse();

      assertThat(channels.state("other").positions().last()).as("the one of fence 4").isZero();
      assertThat(channels.state("space").positions().last()).as("the one with it").isZero();
      assertThat(fixture.jdbc.queryForList("select channel from outbox_journal")).isEmpty();
    }
  }

  @Test
  void aDeliveryIsInItsRowWhileTheRunGoesOn() throws Exception {
    try (JobFixture fixture = new JobFixture(database, folder, "window=4")) {
      fixture.append(10);
      CompletableFuture<Void> last = new CompletableFuture<>();
      fixture.transport.script(call ->
          call.message().position() == 10
              ? new Answer(new Outcome.Delivered(), last)
              : Answer.delivered(Duration.ofMillis(1)));
      CompletableFuture<Void> seen =
          CompletableFuture.runAsync(
              () -> {
                try {
                  Awaitility.await()
                      .until(() -> fixture.statuses().getOrDefault("DELIVERED", 0) == 9);
                } finally {
                  last.complete(null);
                }
              },
              // the pool that answers has a single thread on some machines
              Thread::startVirtualThread);

      fixture.dispatch();

      assertThat(seen).succeedsWithin(Duration.ofSeconds(20));
    }
  }

  @Test
  void aPoolThatCommitsNothingByItselfRecordsAllTheSame() throws Exception {
    try (JobFixture fixture =
        new JobFixture(
            database.migrated(folder), "window=4", "spring.datasource.hikari.auto-commit=false")) {
      try (Connection producer = fixture.connect();
          Statement statement = producer.createStatement()) {
        for (int i = 0; i < 10; i++) {
          statement.execute("insert into outbox_message (channel, payload) values ('space', '1')");
        }
      }

      assertThat(fixture.dispatch().counts().delivered()).isEqualTo(10);

      assertThat(fixture.statuses()).isEqualTo(Map.of("DELIVERED", 10));
      assertThat(fixture.launch().counts().delivered()).isZero();
    }
  }

  private static boolean commit(JobFixture fixture, long fence, long position, Entry entry) {
    return commit(fixture, "space", fence, position, entry);
  }

  private static boolean commit(
      JobFixture fixture, String channel, long fence, long position, Entry entry) {
    State state = new State(new Positions(position, position, 0), Claims.NONE);
    return commit(fixture, new Advance(channel, fence, state, entry));
  }

  private static boolean commit(JobFixture fixture, Advance... all) {
    ChannelTable channels = new ChannelTable(fixture.jdbc);
    return channels.advancesInOneStatement()
        ? channels.advance(List.of(all))
        : Boolean.TRUE.equals(
            transaction(fixture)
                .execute(status -> {
                  boolean advanced = channels.advance(List.of(all));
                  if (!advanced) {
                    status.setRollbackOnly();
                  }
                  return advanced;
                }));
  }

  private static TransactionTemplate transaction(JobFixture fixture) {
    return new TransactionTemplate(fixture.context.getBean(PlatformTransactionManager.class));
  }

  private static Entry entry(long number, List<Long> ids, int... positions) {
    List<Delivery> deliveries = new ArrayList<>();
    for (int position : positions) {
      deliveries.add(new Delivery(ids.get(position - 1), position, 2, position, STARTED));
    }
    return new Entry(number, deliveries);
  }

  private static List<Long> ids(JobFixture fixture) {
    return fixture.jdbc.query(
        "select id from outbox_message order by id", (row, number) -> row.getLong(1));
  }

  private static List<RecordedMessage> recorded(JobFixture fixture) {
    List<RecordedMessage> recorded = new ArrayList<>();
    new RecordedMessages(fixture.jdbc).visit("space", recorded::add);
    return recorded;
  }
}
