package dev.stretto.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/**
 * What a run asks while it is under way reads about as many rows as it returns, however many
 * messages are settled, held or blocked: by H2's own plans and counts.
 */
class OutboxPlansTest {

  private static final int MANY = 20_000;
  private static final Pattern SCANNED = Pattern.compile("scanCount: (\\d+)");

  private static final SingleConnectionDataSource DATA_SOURCE =
      new SingleConnectionDataSource("jdbc:h2:mem:plans", "sa", "", true);

  private static final JdbcTemplate JDBC = new JdbcTemplate(DATA_SOURCE);

  /** Of each queue as many; every key blocked but the last, and all the held ones of few keys. */
  @BeforeAll
  static void fill() {
    Flyway.configure()
        .dataSource(DATA_SOURCE)
        .locations("classpath:dev/stretto/database/schema/migration/h2")
        .load()
        .migrate();
    for (int queue :
        List.of(
            QueueState.NEW,
            QueueState.WAITING,
            QueueState.HELD,
            QueueState.PARKED,
            QueueState.DELIVERED)) {
      JDBC.update(
          """
          insert into outbox_message (channel, payload, ordering_key, queue, position)
          select 'space', '1', 'k' || mod(x, 7), ?, case when ? then null else x end
            from system_range(1, ?)
          """,
          queue,
          queue == QueueState.NEW,
          MANY);
    }
    JDBC.update(
        """
        insert into outbox_held (channel, ordering_key, position, id)
        select channel, ordering_key, position, id from outbox_message where queue = 3
        """);
    JDBC.update(
        """
        insert into outbox_lane (channel, ordering_key, blocked_by)
        select 'space', 'b' || x, x from system_range(1, ?)
        """,
        MANY);
    JDBC.update("insert into outbox_lane (channel, ordering_key) values ('space', 'free')");
    JDBC.execute("analyze");
  }

  @AfterAll
  static void close() {
    DATA_SOURCE.destroy();
  }

  /** The question, how many rows it may read, its parameters. */
  static Stream<Arguments> questions() {
    return Stream.of(
        asked("new rows", MessageTable.NEW, 6, "space", 10_000, 5),
        asked("positioned rows", MessageTable.POSITIONED, 6, "space", 10_000, 5),
        asked("ids of positioned rows", MessageTable.POSITIONED_IDS, 6, "space", 5),
        asked("rows by id", MessageTable.byIds(3), 4, 30_001, 30_002, 30_003),
        asked("put a claimed row back", MessageTable.RESEND, 2, 30_001, 30_001),
        asked("park a claimed row", MessageTable.QUARANTINE, 2, 30_001, 30_001),
        asked("anything waiting", InChunks.which(MessageTable.WAITING, 1), 3, "space"),
        asked(
            "which have anything waiting",
            InChunks.which(MessageTable.WAITING, 2),
            4,
            "other",
            "space"),
        asked(
            "which of an array have anything waiting",
            InChunks.whichOfArray(MessageTable.WAITING),
            5,
            array("space", "other")),
        asked(
            "which of an array have anything unsettled",
            InChunks.whichOfArray(MessageTable.UNSETTLED),
            5,
            array("space", "other")),
        asked("next of a key", HeldTable.NEXT, 15, "space", "k3", 5),
        asked("anything of a key", HeldTable.ANY_OF_KEY, 3, "space", "k3"),
        asked("anything held", HeldTable.ANY, 6, "space", 5),
        asked(
            "lanes of keys",
            LaneTable.find(3),
            4,
            "space",
            "b17",
            "space",
            "free",
            "space",
            "none"),
        asked("lanes that go on", LaneTable.UNBLOCKED, 2, "space", "", 50),
        asked("rows whose place makes no sense", StrayMessages.FIND, 20, times(9, "space")),
        asked("rows ahead of the positions given", StrayMessages.AHEAD, 24, ahead()),
        asked("claimed rows", StrayMessages.CLAIMED, 2, "space", 1),
        asked("rows that say they are held", StrayMessages.HELD, 6, "space", 5),
        asked("the first lane", LaneTable.FIRST, 2),
        asked(
            "which of an array have a lane",
            InChunks.whichOfArray(LaneTable.ANY),
            5,
            array("space", "other")),
        asked(
            "which of an array have a lane that goes on",
            InChunks.whichOfArray(LaneTable.ANY_UNBLOCKED),
            5,
            array("space", "other")),
        asked("any lane", InChunks.which(LaneTable.ANY, 1), 3, "space"),
        asked("any lane that goes on", InChunks.which(LaneTable.ANY_UNBLOCKED, 1), 3, "space"));
  }

  /**
   * The last is one of which nothing is found: the counts are those of the last that was asked for.
   */
  private static Object array(String... values) {
    return values;
  }

  private static Object[] times(int times, Object value) {
    return Collections.nCopies(times, value).toArray();
  }

  private static Object[] ahead() {
    return Collections.nCopies(6, List.of("space", MANY, Long.MAX_VALUE)).stream()
        .flatMap(List::stream)
        .toArray();
  }

  private static Arguments asked(String question, String sql, int rows, Object... parameters) {
    return Arguments.of(question, sql, rows, parameters);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("questions")
  void readsNoMoreThanItReturns(String question, String sql, int rows, Object[] parameters) {
    String plan = JDBC.queryForObject("explain analyze " + sql, String.class, parameters);

    assertThat(plan).doesNotContain("tableScan");
    Matcher counts = SCANNED.matcher(String.valueOf(plan));
    assertThat(counts.results().map(MatchResult::group)).as(plan).isNotEmpty();
    long scanned =
        SCANNED
            .matcher(String.valueOf(plan))
            .results()
            .mapToLong(count -> Long.parseLong(count.group(1)))
            .sum();
    assertThat(scanned).as(plan).isLessThanOrEqualTo(rows);
  }
}
