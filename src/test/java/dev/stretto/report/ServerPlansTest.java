package dev.stretto.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stretto.database.Database;
import dev.stretto.database.Durability;
import dev.stretto.database.FreshDatabase;
import dev.stretto.database.OnEachServer;
import dev.stretto.database.OpenDatabase;
import dev.stretto.message.Message;
import dev.stretto.message.Settlement;
import dev.stretto.message.Status;
import dev.stretto.outbox.ChannelTable;
import dev.stretto.outbox.ChannelTable.Advance;
import dev.stretto.outbox.ChannelTable.State;
import dev.stretto.outbox.Claims;
import dev.stretto.outbox.HeldTable;
import dev.stretto.outbox.JournalTable;
import dev.stretto.outbox.LaneTable;
import dev.stretto.outbox.MessageTable;
import dev.stretto.outbox.Positions;
import dev.stretto.outbox.SettledMessages;
import dev.stretto.outbox.StrayMessages;
import dev.stretto.outbox.admin.OutboxView;
import dev.stretto.outbox.admin.ParkedMessages;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * What a run asks while it is under way, and what status asks, takes about as much work as it
 * returns rows, however many messages are settled, held or blocked: by the servers' own counts, for
 * the very statements that the drivers send. A statement that was used often while the tables were
 * empty must not keep what was a good plan then.
 */
@Tag("slow")
@OnEachServer
class ServerPlansTest {

  /** Of each kind of row; a thousand pages of the table, at the least. */
  private static final int MANY = 20_000;

  /**
   * Rows read on MariaDB, pages looked at on PostgreSQL; the largest question returns fifty rows.
   */
  private static final long MOST = 110;

  private static final Instant STARTED = Instant.parse("2026-01-01T00:00:00Z");

  /** More than what has the driver, and then the server, keep a statement's plan. */
  private static final int OFTEN = 15;

  @Parameter Database vendor;
  @TempDir Path folder;
  private FreshDatabase database;
  private SingleConnectionDataSource session;
  private JdbcTemplate jdbc;
  private Map<String, Runnable> questions;

  @BeforeEach
  void createTables() throws Exception {
    FreshDatabase fresh = vendor.migrated(folder);
    try (OpenDatabase opened =
        OpenDatabase.open(
            new OpenDatabase.Request(fresh.url(), fresh.user(), fresh.password(), Duration.ZERO))) {
      database = new FreshDatabase(vendor, opened.url(), fresh.user(), fresh.password());
    }
    session = new SingleConnectionDataSource(database.connect(), true);
    jdbc = new JdbcTemplate(session);
    questions = questions();
  }

  @AfterEach
  void close() {
    session.destroy();
  }

  @Test
  void whatIsAskedCostsWhatItReturns() {
    for (int i = 0; i < OFTEN; i++) {
      questions.values().forEach(Runnable::run);
    }
    fill();

    assertThat(costs()).as("of plans made while there was nothing").allSatisfy(this::isLittle);
    for (int i = 0; i < OFTEN; i++) {
      questions.values().forEach(Runnable::run);
    }
    jdbc.execute(vendor == Database.POSTGRESQL ? "vacuum analyze" : "analyze table outbox_message");
    for (int i = 0; i < OFTEN; i++) {
      questions.values().forEach(Runnable::run);
    }
    assertThat(costs()).as("with statistics").allSatisfy(this::isLittle);
  }

  private void isLittle(String question, long cost) {
    assertThat(cost).as(question).isLessThanOrEqualTo(MOST);
  }

  /** As {@link MessageTable} and the others are asked; what they write changes few rows. */
  private Map<String, Runnable> questions() {
    MessageTable messages = new MessageTable(jdbc);
    HeldTable held = new HeldTable(jdbc);
    LaneTable lanes = new LaneTable(jdbc);
    OutboxView view = new OutboxView(jdbc);
    ChannelStatuses statuses = new ChannelStatuses(jdbc);
    ParkedMessages parked =
        new ParkedMessages(
            jdbc,
            new TransactionTemplate(new JdbcTransactionManager(session)),
            new Durability(session));
    List<Message> some =
        List.of(message(2 * MANY + 7), message(2 * MANY + 500), message(3 * MANY - 1));
    List<Long> ids = some.stream().map(Message::id).toList();
    StrayMessages strays = new StrayMessages(jdbc);
    Map<String, Runnable> asked = new LinkedHashMap<>();
    asked.put("rows whose place makes no sense", () -> strays.find("space"));
    asked.put("the highest position", () -> strays.highestPosition("space", 1_000_000));
    asked.put("claimed rows", () -> strays.claimed("space", 1));
    asked.put("rows that nothing holds", () -> strays.unheld("space", 5));
    asked.put("new rows", () -> messages.unpositioned("space", 10_000, 5));
    asked.put("positioned rows", () -> messages.positioned("space", 10_000, 5));
    asked.put("ids of positioned rows", () -> messages.positionedIds("space", 5));
    asked.put("rows by id", () -> messages.byIds(ids));
    asked.put("anything waiting", () -> messages.waiting(List.of("space", "other")));
    asked.put("give positions", () -> messages.place(some, false));
    asked.put("hold no longer", () -> messages.unhold(ids));
    asked.put(
        "settle",
        () ->
            messages.settle(
                some.stream()
                    .map(message ->
                        new Settlement(message, Status.DELIVERED, 1, null, 1, STARTED, false))
                    .toList(),
                1));
    JournalTable journal =
        new JournalTable(jdbc, new TransactionTemplate(new JdbcTransactionManager(session)));
    asked.put("apply the journal", () -> journal.apply("space", 7, 5));
    ChannelTable channels = new ChannelTable(jdbc);
    State state = new State(new Positions(7, 7, 0), Claims.NONE);
    asked.put(
        "advance channels",
        () ->
            channels.advance(
                List.of(new Advance("c7", 0, state, null), new Advance("c500", 0, state, null))));
    asked.put("next of a key", () -> held.next("space", "k3", 5));
    asked.put("release of a key", () -> held.release(some));
    asked.put("lanes of keys", () -> lanes.find("space", List.of("b17", "free", "none")));
    asked.put("lanes that go on", () -> lanes.unblocked("space", "", 50));
    asked.put("any lane", () -> lanes.anyIn(List.of("space")));
    asked.put("any lane that goes on", () -> lanes.anyUnblockedIn(List.of("space")));
    SettledMessages settled =
        new SettledMessages(jdbc, new TransactionTemplate(new JdbcTransactionManager(session)));
    asked.put("purge of nothing", () -> settled.purge("space", Duration.ofDays(1)));
    asked.put("retention of nothing", () -> settled.purgeOldest("space", Duration.ofDays(1), 1000));
    asked.put("channels there are", statuses::known);
    asked.put("oldest pending", () -> view.oldestPending("space"));
    asked.put("parked", () -> parked.list("space", 10_000, 5));
    return asked;
  }

  private static Message message(long id) {
    return new Message(id, "space", id, "id" + id, "none", "text/plain", Map.of(), "1", 0);
  }

  /** Of each kind as many; every key blocked but the last, and all the held ones of few keys. */
  private void fill() {
    for (int queue : List.of(0, 1, 6, 3, 4, 6)) {
      jdbc.update(
          """
          insert into outbox_message (channel, payload, ordering_key, queue, position, settled_at)
          select 'space', '1', concat('k', mod(n, 7)), ?, case when ? then null else n end,
                 current_timestamp(3) from
          """
              + vendor.numbers(MANY),
          queue,
          queue == 0);
    }
    jdbc.update(
        """
        insert into outbox_held (channel, ordering_key, position, id)
        select channel, ordering_key, position, id from outbox_message where queue = 3
        """);
    jdbc.update(
        "insert into outbox_lane (channel, ordering_key, blocked_by)"
            + " select 'space', concat('b', n), n from "
            + vendor.numbers(MANY));
    jdbc.update("insert into outbox_lane (channel, ordering_key) values ('space', 'free')");
    jdbc.update(
        "insert into outbox_channel (channel) select concat('c', n) from " + vendor.numbers(MANY));
    jdbc.update(
        "insert into outbox_journal (channel, entry, fence, messages, deliveries)"
            + " select 'space', n, 1, 1, concat(n, ':', n, ':1:1:1') from "
            + vendor.numbers(MANY));
  }

  private Map<String, Long> costs() {
    Map<String, Long> costs = new LinkedHashMap<>();
    questions.forEach((question, ask) -> {
      long before = work();
      ask.run();
      costs.put(question, work() - before);
    });
    return costs;
  }

  /** What the session has done so far; asking for it is not counted. */
  private long work() {
    return vendor == Database.POSTGRESQL ? pagesOfPostgres() : rowsOfMariaDb();
  }

  private long pagesOfPostgres() {
    jdbc.execute("select pg_stat_force_next_flush()");
    Long pages =
        new JdbcTemplate(database.dataSource())
            .queryForObject(
                """
                select sum(heap_blks_read + heap_blks_hit + idx_blks_read + idx_blks_hit)
                  from pg_statio_user_tables where relname like 'outbox%'
                """,
                Long.class);
    return Objects.requireNonNull(pages);
  }

  private long rowsOfMariaDb() {
    return jdbc
        .query(
            "show session status like 'Handler%'",
            (row, number) -> row.getString(1).startsWith("Handler_read") ? row.getLong(2) : 0L)
        .stream()
        .mapToLong(Long::longValue)
        .sum();
  }
}
