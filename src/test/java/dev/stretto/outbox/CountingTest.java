package dev.stretto.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stretto.database.Database;
import dev.stretto.database.Durability;
import dev.stretto.database.FreshDatabase;
import dev.stretto.database.OnEachDatabase;
import dev.stretto.message.Message;
import dev.stretto.message.Settlement;
import dev.stretto.message.Status;
import dev.stretto.outbox.ChannelTable.Advance;
import dev.stretto.outbox.ChannelTable.State;
import dev.stretto.outbox.Claims.Claim;
import dev.stretto.outbox.admin.OutboxView;
import dev.stretto.outbox.admin.OutboxView.Counts;
import dev.stretto.outbox.admin.ParkedMessages;
import dev.stretto.outbox.admin.ParkedMessages.Decision;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/** What is told from counts that were kept is what counting all rows would tell. */
@Tag("slow")
@OnEachDatabase
class CountingTest {

  private static final Instant STARTED = Instant.parse("2026-01-01T00:00:00Z");
  private static final int TURNS = 60;

  @Parameter Database vendor;
  @TempDir Path folder;
  private JdbcTemplate jdbc;
  private TransactionTemplate transaction;
  private OutboxView view;
  private Counting counting;
  private ParkedMessages parked;
  private SettledMessages settled;

  @BeforeEach
  void createTables() {
    FreshDatabase database = vendor.migrated(folder);
    DataSource connections = database.dataSource();
    jdbc = new JdbcTemplate(connections);
    transaction = new TransactionTemplate(new JdbcTransactionManager(connections));
    transaction.setIsolationLevel(TransactionDefinition.ISOLATION_READ_COMMITTED);
    view = new OutboxView(jdbc);
    counting = new Counting(jdbc, transaction, 1, 7);
    parked = new ParkedMessages(jdbc, transaction, new Durability(connections));
    settled = new SettledMessages(jdbc, transaction);
    jdbc.update("insert into outbox_channel (channel, fence) values ('space', 1)");
  }

  @Test
  void ofEachStateThereAreAsManyAsBefore() {
    ofEachState();
    Counts before = view.counts("space");
    assertThat(before).isEqualTo(new Counts(9, 0, 70, 20, 10));

    counting.catchUp("space");

    assertThat(upTo()).isEqualTo(107);
    assertThat(view.counts("space")).isEqualTo(before);
    insert("DELIVERED", QueueState.DELIVERED, 108, 120);
    insert("DISCARDED", QueueState.DISCARDED, 121, 122);
    assertThat(view.counts("space")).isEqualTo(new Counts(9, 0, 83, 20, 12));
  }

  @Test
  void whatBecomesOfCountedRowsIsTold() {
    ofEachState();
    counting.catchUp("space");

    parked.decide(Decision.DISCARD, List.of("m81", "m82"));
    parked.decide(Decision.REDRIVE, List.of("m83", "m84", "m85"));
    assertThat(view.counts("space")).isEqualTo(new Counts(12, 0, 70, 15, 12));

    settle(Status.DELIVERED, id("m83"), 83);
    settle(Status.PARKED, id("m84"), 84);
    assertThat(view.counts("space")).isEqualTo(new Counts(10, 0, 71, 16, 12));

    counting.catchUp("space");
    assertThat(view.counts("space")).isEqualTo(new Counts(10, 0, 71, 16, 12));
  }

  @Test
  void removedRowsAreNotCountedAnyMore() {
    ofEachState();
    counting.catchUp("space");
    insert("DELIVERED", QueueState.DELIVERED, 108, 120);
    jdbc.update(
        "update outbox_message set settled_at = current_timestamp - interval '40' day"
            + " where position <= 75 or position in (102, 110)");

    assertThat(settled.purge("space", Duration.ofDays(30))).isEqualTo(70 + 5 + 1);

    assertThat(view.counts("space")).isEqualTo(new Counts(9, 0, 12, 20, 5));
    assertThat(view.ever("space").delivered()).as("with those removed").isEqualTo(70 + 13);
    assertThat(view.ever("space").discarded()).isEqualTo(10);
    counting.catchUp("space");
    jdbc.update("update outbox_count set messages = 3");
    jdbc.update("update outbox_message set settled_at = current_timestamp - interval '40' day");
    settled.purge("space", Duration.ofDays(30));
    assertThat(view.ever("space").delivered()).as("counted anew").isEqualTo(70 + 13);
    assertThat(view.ever("space").discarded()).isEqualTo(10);
  }

  /** Their rows may not have a position before they are settled. */
  @Test
  void endsBeforeWhatIsClaimedOrInTheJournal() {
    insert("DELIVERED", QueueState.DELIVERED, 1, 90);
    insert("PENDING", QueueState.NEW, 91, 100);
    long first = id("m91");
    jdbc.update(
        "update outbox_channel set last_position = 100, claims = ?, claimed = 5",
        "96:%d+4".formatted(first + 5));
    jdbc.update(
        "insert into outbox_journal (channel, entry, fence, messages, deliveries)"
            + " values ('space', 1, 1, 5, ?)",
        "%d:93:1:1:%6$d %d:92:1:1:%6$d %d:91:1:1:%6$d %d:94:1:1:%6$d %d:95:1:1:%6$d"
            .formatted(first + 2, first + 1, first, first + 3, first + 4, STARTED.toEpochMilli()));

    counting.catchUp("space");
    assertThat(upTo()).isEqualTo(90);
    new JournalTable(jdbc, transaction).apply("space", 0, 10);
    counting.catchUp("space");
    assertThat(upTo()).isEqualTo(95);
    assertThat(view.counts("space")).isEqualTo(new Counts(0, 5, 95, 0, 0));
    jdbc.update("update outbox_channel set claims = '', claimed = 0");
    settle(Status.DELIVERED, first + 7, 98);
    counting.catchUp("space");
    assertThat(upTo()).isEqualTo(100);
    assertThat(view.counts("space")).isEqualTo(new Counts(4, 0, 96, 0, 0));
  }

  @Test
  void positionsMayBeFarApart() {
    insert("DELIVERED", QueueState.DELIVERED, 1, 20);
    insert("DELIVERED", QueueState.DELIVERED, Long.MAX_VALUE / 2, Long.MAX_VALUE / 2);
    jdbc.update("update outbox_channel set last_position = ?", Long.MAX_VALUE / 2);

    counting.catchUp("space");

    assertThat(upTo()).isEqualTo(Long.MAX_VALUE / 2);
    assertThat(view.counts("space").delivered()).isEqualTo(21);
  }

  @Test
  void countsAnewWhereTheCountCanNotBe() {
    ofEachState();
    counting.catchUp("space");
    jdbc.update("delete from outbox_message where position > 50");
    jdbc.update("update outbox_channel set last_position = 50");
    counting.catchUp("space");
    assertThat(view.counts("space").delivered()).isEqualTo(50);

    counting.catchUp("space");
    assertThat(upTo()).isEqualTo(50);
    jdbc.update(
        "insert into outbox_message (channel, payload, position, status, queue, settled_at)"
            + " values ('space', '1', 30, 'DELIVERED', 6, current_timestamp(3))");
    settled.purge("space", Duration.ZERO);
    insert("DELIVERED", QueueState.DELIVERED, 31, 40);
    assertThat(view.counts("space").delivered()).as("more was removed than counted").isEqualTo(10);
  }

  /** A run, the rows that follow its journal, a person who discards, a purge, and counting. */
  @Test
  void isRightWhoeverWritesBesideIt() {
    AtomicBoolean over = new AtomicBoolean();
    List<CompletableFuture<?>> others = new ArrayList<>();
    for (Runnable other :
        List.<Runnable>of(
            () -> counting.catchUp("space"),
            () -> parked.decideAll(Decision.DISCARD, "space"),
            () -> settled.purge("space", Duration.ofMillis(30)),
            () -> new JournalTable(jdbc, transaction).apply("space", 0, 3))) {
      others.add(
          CompletableFuture.runAsync(
              () -> {
                while (!over.get()) {
                  other.run();
                }
              },
              Thread::startVirtualThread));
    }
    for (int turn = 0; turn < TURNS; turn++) {
      turn(turn);
    }
    over.set(true);
    others.forEach(CompletableFuture::join);
    new JournalTable(jdbc, transaction).apply("space", 0, TURNS);
    counting.catchUp("space");

    Map<Integer, Long> rows = new HashMap<>();
    jdbc.query(
        "select queue, count(*) from outbox_message group by queue",
        row -> {
          rows.put(row.getInt(1), row.getLong(2));
        });
    assertThat(upTo()).isEqualTo(5 * TURNS);
    assertThat(view.counts("space"))
        .isEqualTo(
            new Counts(
                0,
                0,
                rows.getOrDefault(QueueState.DELIVERED, 0L),
                rows.getOrDefault(QueueState.PARKED, 0L),
                rows.getOrDefault(QueueState.DISCARDED, 0L)));
  }

  /** Five messages are appended, claimed, and settled; those of every other turn by the journal. */
  private void turn(int turn) {
    long before = 5L * turn;
    insert("PENDING", QueueState.NEW, before + 1, before + 5);
    long first = id("m" + (before + 1));
    List<Claim> claims = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      claims.add(new Claim(before + 1 + i, first + i));
    }
    Positions positions = new Positions(before + 5, first + 4, 0);
    ChannelTable channels = new ChannelTable(jdbc);
    State claimed = new State(positions, new Claims(claims));
    assertThat(channels.advance(new Advance("space", 1, claimed, null))).isTrue();
    State rest = new State(positions, new Claims(claims.subList(3, 5)));
    List<Delivery> deliveries =
        claims.subList(0, 3).stream()
            .map(claim -> new Delivery(claim.id(), claim.position(), 1, 1, STARTED))
            .toList();
    transaction.executeWithoutResult(status -> {
      if (turn % 2 == 0) {
        JournalTable.Entry entry = new JournalTable.Entry(turn + 1, deliveries);
        channels.advance(new Advance("space", 1, rest, entry));
      } else {
        channels.advance(new Advance("space", 1, rest, null));
        claims.subList(0, 3).forEach(each -> settle(Status.DELIVERED, each.id(), each.position()));
      }
    });
    transaction.executeWithoutResult(status -> {
      channels.advance(new Advance("space", 1, new State(positions, Claims.NONE), null));
      settle(Status.PARKED, claims.get(3).id(), claims.get(3).position());
      settle(Status.DELIVERED, claims.get(4).id(), claims.get(4).position());
    });
  }

  private void ofEachState() {
    insert("DELIVERED", QueueState.DELIVERED, 1, 70);
    insert("DISCARDED", QueueState.DISCARDED, 71, 80);
    insert("PARKED", QueueState.PARKED, 81, 100);
    insert("PENDING", QueueState.WAITING, 101, 103);
    insert("PENDING", QueueState.HELD, 104, 107);
    insert("PENDING", QueueState.NEW, 201, 202);
    jdbc.update("update outbox_channel set last_position = 107");
  }

  /** Messages whose ids have the positions that they have, or get. */
  private void insert(String status, int queue, long first, long last) {
    List<Object[]> rows = new ArrayList<>();
    for (long position = first; position <= last; position++) {
      rows.add(
          new Object[] {
            "m" + position, queue == QueueState.NEW ? null : position, status, queue, queue > 3
          });
    }
    jdbc.batchUpdate(
        "insert into outbox_message (channel, message_id, payload, position, status, queue,"
            + " settled_at) values ('space', ?, '1', ?, ?, ?,"
            + " case when ? then current_timestamp(3) end)",
        rows);
  }

  private void settle(Status status, long id, long position) {
    Message message =
        new Message(id, "space", position, "m" + position, null, "text/plain", Map.of(), "1", 0);
    new MessageTable(jdbc)
        .settle(List.of(new Settlement(message, status, 1, null, 1, STARTED, false)), 1);
  }

  private long id(String messageId) {
    Long id =
        jdbc.queryForObject(
            "select id from outbox_message where message_id = ?", Long.class, messageId);
    return id == null ? 0 : id;
  }

  private long upTo() {
    return jdbc.queryForList("select up_to from outbox_count", Long.class).getFirst();
  }
}
