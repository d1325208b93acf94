package dev.stretto.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.zaxxer.hikari.HikariDataSource;
import dev.stretto.database.Database;
import dev.stretto.database.OnEachDatabase;
import dev.stretto.message.Message;
import dev.stretto.message.Settlement;
import dev.stretto.message.Status;
import dev.stretto.outbox.ChannelTable.Advance;
import dev.stretto.outbox.ChannelTable.State;
import dev.stretto.outbox.Claims.Claim;
import dev.stretto.outbox.admin.RecordedMessage;
import dev.stretto.outbox.admin.RecordedMessages;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.TimeZone;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.Parameter;
import org.springframework.core.io.ClassPathResource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.init.ResourceDatabasePopulator;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** What a run writes and reads of messages, keys and channels, on each database. */
@OnEachDatabase
@Isolated("changes the time zone")
class MessageTableTest {

  @Parameter Database vendor;
  @TempDir Path folder;
  private HikariDataSource connections;
  private JdbcTemplate jdbc;
  private TransactionTemplate transaction;
  private MessageTable messages;
  private HeldTable held;
  private LaneTable lanes;
  private ChannelTable channels;

  @BeforeEach
  void createTables() throws Exception {
    connections = vendor.fresh(folder).pool();
    new ResourceDatabasePopulator(
            migration("V2__outbox.sql"),
            migration("V3__claims.sql"),
            migration("V4__late_arrivals.sql"),
            migration("V5__journal.sql"),
            migration("V7__whose_fault.sql"))
        .execute(connections);
    jdbc = new JdbcTemplate(connections);
    transaction = new TransactionTemplate(new JdbcTransactionManager(connections));
    messages = new MessageTable(jdbc);
    held = new HeldTable(jdbc);
    lanes = new LaneTable(jdbc);
    channels = new ChannelTable(jdbc);
  }

  @AfterEach
  void close() {
    connections.close();
  }

  @Test
  void newRowsComeInIdOrderAndOnlyThoseBehindTheOneNamed() {
    append(5);
    jdbc.update("insert into outbox_message (channel, payload) values ('elsewhere', '1')");

    List<Message> all = messages.unpositioned("space", 0, 10);
    List<Message> some = messages.unpositioned("space", all.get(1).id(), 2);

    assertThat(all).extracting(Message::payload).containsExactly("1", "2", "3", "4", "5");
    assertThat(some).extracting(Message::payload).containsExactly("3", "4");
    assertThat(all).noneMatch(Message::positioned);
  }

  @Test
  void aClaimIsShownWhereTheMessageStillWaits() {
    append(4);
    List<Message> claimed = claimed();
    jdbc.update("delete from outbox_message where payload = '2'");
    jdbc.update("update outbox_message set queue = 5 where payload = '3'");

    messages.show(claimed);
    messages.show(List.of());

    assertThat(
            jdbc.queryForList(
                "select position from outbox_message where status = 'IN_FLIGHT' order by id",
                Long.class))
        .containsExactly(1L, 4L);
    assertThat(messages.unpositioned("space", 0, 10)).isEmpty();
    assertThat(messages.waiting(List.of("space", "other"))).containsExactly("space");
  }

  /** More of them than one statement of a server's asks for. */
  @Test
  void ofManyChannelsThoseAreFoundInWhichSomethingIsLeft() {
    List<String> all = IntStream.range(0, 250).mapToObj(number -> "channel " + number).toList();
    for (int queue = QueueState.NEW; queue <= QueueState.DELIVERED; queue++) {
      jdbc.update(
          "insert into outbox_message (channel, payload, queue, position) values (?, '1', ?, 1)",
          "channel " + (200 + queue),
          queue);
    }
    jdbc.update("insert into outbox_lane (channel, ordering_key) values ('channel 249', 'k')");
    jdbc.update(
        "insert into outbox_lane (channel, ordering_key, blocked_by) values ('channel 7', 'k', 1)");

    assertThat(messages.waiting(all))
        .containsExactlyInAnyOrder("channel 200", "channel 201", "channel 202");
    assertThat(messages.unsettledIn(all))
        .containsExactlyInAnyOrder("channel 200", "channel 201", "channel 202", "channel 203");
    assertThat(lanes.anyIn(all)).containsExactlyInAnyOrder("channel 7", "channel 249");
    assertThat(lanes.anyUnblockedIn(all)).containsExactly("channel 249");
    assertThat(messages.waiting(List.of())).isEmpty();
    jdbc.update("delete from outbox_lane");
    assertThat(lanes.anyIn(all)).isEmpty();
  }

  @Test
  void theClaimsOfAChannelAreReadAsTheyWereWritten() {
    channels.fence("space", 1);
    List<Claim> all = new ArrayList<>();
    for (int i = 0; i < 4096; i++) {
      all.add(new Claim(Long.MAX_VALUE - 10_000 + 2L * i, Long.MAX_VALUE - i));
    }
    State state = new State(new Positions(Long.MAX_VALUE, 7, 1), new Claims(all));

    assertThat(channels.state("space")).isEqualTo(new State(new Positions(0, 0, 0), Claims.NONE));
    assertThat(channels.advance(new Advance("space", 1, state, null))).isTrue();

    assertThat(channels.state("space")).isEqualTo(state);
    assertThat(jdbc.queryForObject("select claimed from outbox_channel", Integer.class))
        .isEqualTo(4096);
  }

  @Test
  void aSettlementKeepsTheFirstStartAndSaysTheRestAnew() {
    append(3);
    List<Message> claimed = claimed();
    Instant started = Instant.parse("2026-03-29T00:59:59.999Z");
    messages.settle(
        List.of(
            new Settlement(claimed.get(0), Status.PENDING, 1, "HTTP 500", 1, started, false),
            new Settlement(claimed.get(1), Status.PENDING, 0, null, 0, null, false),
            new Settlement(claimed.get(2), Status.PARKED, 2, "no", 2, started, false)),
        7);
    assertThat(messages.positioned("space", 0, 10))
        .extracting(Message::position, Message::attempts)
        .containsExactly(tuple(1L, 1), tuple(2L, 0));
    messages.settle(
        List.of(
            new Settlement(claimed.get(0), Status.DELIVERED, 2, null, 9, started, false),
            new Settlement(claimed.get(1), Status.DELIVERED, 1, null, 8, started, false)),
        8);
    messages.settle(
        List.of(new Settlement(claimed.get(2), Status.DELIVERED, 9, "late", 9, started, false)), 9);

    List<RecordedMessage> recorded = recorded();

    assertThat(recorded)
        .extracting(
            RecordedMessage::status,
            RecordedMessage::attempts,
            RecordedMessage::lastError,
            RecordedMessage::first)
        .containsExactly(
            tuple(Status.DELIVERED, 2, null, new RecordedMessage.Start(7, 1)),
            tuple(Status.DELIVERED, 1, null, new RecordedMessage.Start(8, 8)),
            tuple(Status.PARKED, 2, "no", new RecordedMessage.Start(7, 2)));
    assertThat(recorded).allSatisfy(one -> assertThat(stay(one).startedAt()).isEqualTo(started));
    assertThat(stay(recorded.get(2)).fence()).as("no longer claimed").isEqualTo(7);
  }

  @Test
  void deliveriesOfOneCommitAreTheirOwnEachHoweverTheirRowsLie() {
    append(12);
    jdbc.update("insert into outbox_message (channel, payload) values ('elsewhere', '1')");
    append(1);
    List<Message> found = messages.unpositioned("space", 0, 20);
    Instant start = Instant.parse("2026-03-29T00:59:59.999Z");
    Instant later = start.plusMillis(1);
    List<Settlement> all = new ArrayList<>();
    for (int i = 0; i < found.size(); i++) {
      // a second whose start has another number, a fourth that starts later, a sixth with a further
      // attempt, an eighth and ninth that change places, an eleventh that is not in this commit
      int place = i == 7 ? 8 : i == 8 ? 7 : i;
      all.add(
          new Settlement(
              found.get(i).at(100 + place),
              Status.DELIVERED,
              i == 5 ? 2 : 1,
              null,
              i == 1 ? 50 : 1 + place,
              i == 3 ? later : start,
              false));
    }
    all.remove(10);

    messages.settle(all.reversed(), 7);

    List<RecordedMessage> recorded =
        recorded().stream()
            .filter(each -> each.status() == Status.DELIVERED)
            .sorted(Comparator.comparing(each -> stay(each).startedAt()))
            .toList();
    assertThat(recorded)
        .hasSize(12)
        .allSatisfy(each -> assertThat(stay(each).fence()).isEqualTo(7));
    assertThat(
            jdbc.query(
                "select payload, position, attempts, start_number, start_fence, queue, status"
                    + " from outbox_message where channel = 'space' order by id",
                (row, number) ->
                    "%s:%d:%d:%d:%d:%d:%s"
                        .formatted(
                            row.getString(1),
                            row.getLong(2),
                            row.getInt(3),
                            row.getLong(4),
                            row.getLong(5),
                            row.getInt(6),
                            row.getString(7))))
        .containsExactly(
            "1:100:1:1:7:6:DELIVERED",
            "2:101:1:50:7:6:DELIVERED",
            "3:102:1:3:7:6:DELIVERED",
            "4:103:1:4:7:6:DELIVERED",
            "5:104:1:5:7:6:DELIVERED",
            "6:105:2:6:7:6:DELIVERED",
            "7:106:1:7:7:6:DELIVERED",
            "8:108:1:9:7:6:DELIVERED",
            "9:107:1:8:7:6:DELIVERED",
            "10:109:1:10:7:6:DELIVERED",
            "11:0:0:0:0:0:PENDING",
            "12:111:1:12:7:6:DELIVERED",
            "1:112:1:13:7:6:DELIVERED");
    assertThat(recorded).extracting(each -> stay(each).startedAt()).containsOnly(start, later);
    assertThat(stay(recorded.getLast()).startedAt()).isEqualTo(later);
    assertThat(recorded.get(10)).extracting(each -> stay(each).startedAt()).isEqualTo(start);
    assertThat(
            jdbc.queryForObject(
                "select queue from outbox_message where channel = 'elsewhere'", Integer.class))
        .isZero();
  }

  @Test
  void aTimeIsTheSameInstantInEveryZone() {
    append(1);
    List<Message> claimed = claimed();
    TimeZone before = TimeZone.getDefault();
    try {
      // The hour that Berlin has twice, in its second turn.
      Instant started = Instant.parse("2026-10-25T01:30:00.123Z");
      TimeZone.setDefault(TimeZone.getTimeZone("Europe/Berlin"));
      Instant begin = Instant.now().minusSeconds(60);
      messages.settle(
          List.of(new Settlement(claimed.getFirst(), Status.DELIVERED, 1, null, 1, started, false)),
          1);
      TimeZone.setDefault(TimeZone.getTimeZone("America/St_Johns"));

      RecordedMessage.Stay stay = stay(recorded().getFirst());

      assertThat(stay.startedAt()).isEqualTo(started);
      assertThat(stay.settledAt()).isBetween(begin, Instant.now().plusSeconds(60));
    } finally {
      TimeZone.setDefault(before);
    }
  }

  @Test
  void anyAnswerCanBeStored() {
    append(2);
    List<Message> claimed = claimed();
    messages.settle(
        List.of(
            parked(claimed.get(0), "a\0b \ud83d\ude80"),
            parked(claimed.get(1), "x".repeat(1999) + "\ud83d\ude80")),
        1);

    assertThat(recorded())
        .extracting(RecordedMessage::lastError)
        .containsExactly("a\ufffdb \ud83d\ude80", "x".repeat(1999));
  }

  @Test
  void whatADeadRunClaimedGoesBackInLineOrIsParked() {
    append(3);
    List<Message> claimed = claimed();
    messages.show(claimed.subList(0, 1));
    Claims claims =
        new Claims(
            claimed.stream().map(message -> new Claim(message.position(), message.id())).toList());

    assertThat(messages.resend(claims)).isEqualTo(3);
    assertThat(messages.positionedIds("space", 2))
        .containsExactly(claimed.get(0).id(), claimed.get(1).id());
    assertThat(messages.waiting(List.of("space", "other"))).containsExactly("space");
    messages.quarantine(claims);

    assertThat(messages.waiting(List.of("space", "other"))).isEmpty();
    assertThat(messages.unsettled("space")).isZero();
    assertThat(recorded())
        .extracting(RecordedMessage::status, RecordedMessage::attempts, RecordedMessage::first)
        .containsOnly(tuple(Status.PARKED, 2, new RecordedMessage.Start(0, 0)));
  }

  @Test
  void keysAreHeldInPositionOrderAndToldApartToTheLastCharacter() {
    for (String key : List.of("k", "K", "k ", "\u00e4", "a\u0308")) {
      jdbc.update(
          "insert into outbox_message (channel, payload, ordering_key) values ('space', '1', ?)",
          key);
    }
    append(1);
    List<Message> all = placedInMemory(messages.unpositioned("space", 0, 10));
    List<Message> keyed = all.subList(0, 5);
    List<String> keys =
        keyed.stream().map(message -> String.valueOf(message.orderingKey())).toList();
    messages.place(all.subList(5, 6), false);
    messages.place(keyed, true);
    held.hold(keyed);
    lanes.open("space", keys);
    lanes.block(keyed.getFirst());

    assertThat(messages.positionedIds("space", 10)).containsExactly(all.get(5).id());
    assertThat(keys).allSatisfy(key -> assertThat(held.next("space", key, 10)).hasSize(1));
    assertThat(lanes.find("space", keys))
        .hasSize(5)
        .containsEntry("k", true)
        .containsEntry("k ", false);
    assertThat(unblocked()).containsExactlyInAnyOrder("K", "k ", "\u00e4", "a\u0308");

    held.release(keyed.subList(0, 2));
    messages.unhold(keyed.subList(0, 2).stream().map(Message::id).toList());
    assertThat(held.any("space", "k")).isFalse();
    assertThat(held.any("space", "k ")).isTrue();
    assertThat(messages.positionedIds("space", 10)).hasSize(3);
    messages.unhold(held.releaseAny("space", 100));
    assertThat(messages.byIds(messages.positionedIds("space", 10)))
        .extracting(Message::position)
        .containsExactly(1L, 2L, 3L, 4L, 5L, 6L);
  }

  private List<String> unblocked() {
    List<String> keys = new ArrayList<>();
    for (List<String> page = lanes.unblocked("space", "", 1);
        !page.isEmpty();
        page = lanes.unblocked("space", page.getLast(), 1)) {
      keys.addAll(page);
    }
    return keys;
  }

  @Test
  void twoRunsThatTakeANewChannelOverAtOnceAreFencedInTurn() {
    CompletableFuture<Void> firstHasIt = new CompletableFuture<>();
    CompletableFuture<Boolean> second =
        CompletableFuture.supplyAsync(() -> {
          firstHasIt.join();
          return transaction.execute(status -> channels.fence("space", 2));
        });
    Boolean first =
        transaction.execute(status -> {
          boolean fenced = channels.fence("space", 1);
          firstHasIt.complete(null);
          return fenced;
        });

    assertThat(first).isTrue();
    assertThat(second.join()).isTrue();
    State state = new State(new Positions(5, 7, 2), Claims.NONE);
    assertThat(channels.advance(new Advance("space", 1, state, null))).isFalse();
    assertThat(channels.advance(new Advance("space", 2, state, null))).isTrue();
    assertThat(channels.state("space")).isEqualTo(state);
  }

  private void append(int count) {
    jdbc.update(
        "insert into outbox_message (channel, payload) select 'space', n from "
            + vendor.numbers(count));
  }

  private ClassPathResource migration(String name) {
    return new ClassPathResource(
        "dev/stretto/database/schema/migration/%s/%s"
            .formatted(vendor.name().toLowerCase(Locale.ROOT), name));
  }

  private List<Message> claimed() {
    return placedInMemory(messages.unpositioned("space", 0, 10));
  }

  private static List<Message> placedInMemory(List<Message> found) {
    List<Message> placed = new ArrayList<>();
    for (Message message : found) {
      placed.add(message.at(placed.size() + 1));
    }
    return placed;
  }

  private static Settlement parked(Message message, @Nullable String answer) {
    return new Settlement(
        message, Status.PARKED, 1, answer, 1, Instant.EPOCH.plusSeconds(1), false);
  }

  private static RecordedMessage.Stay stay(RecordedMessage message) {
    return Objects.requireNonNull(message.last());
  }

  private List<RecordedMessage> recorded() {
    List<RecordedMessage> recorded = new ArrayList<>();
    new RecordedMessages(jdbc).visit("space", recorded::add);
    return recorded;
  }
}
