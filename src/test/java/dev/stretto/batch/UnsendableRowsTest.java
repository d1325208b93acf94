package dev.stretto.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.stretto.batch.RunResult.Executed;
import dev.stretto.database.Database;
import dev.stretto.database.Durability;
import dev.stretto.database.FreshDatabase;
import dev.stretto.database.OnEachDatabase;
import dev.stretto.database.OpenDatabase;
import dev.stretto.outbox.admin.ParkedMessages;
import dev.stretto.outbox.admin.ParkedMessages.Decision;
import dev.stretto.outbox.admin.StoredMessage;
import dev.stretto.run.RunOptions;
import dev.stretto.transport.Call;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.flywaydb.core.Flyway;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Rows that somebody's SQL wrote and that no message can be made of: they alone are parked. */
@OnEachDatabase
class UnsendableRowsTest {

  /** The last version whose tables took any row. */
  private static final String BEFORE = "5";

  /** Each with its reason: what an insert says beside channel and payload. */
  private static final Map<Bad, String> KINDS = new LinkedHashMap<>();

  static {
    KINDS.put(new Bad("headers", "'oops'"), "headers: not JSON, from column 1 on");
    KINDS.put(new Bad("headers", "''"), "headers: not an object of strings but nothing");
    KINDS.put(new Bad("headers", "'[]'"), "headers: not an object of strings but an array");
    KINDS.put(new Bad("headers", "'{\"a\":\"b'"), "headers: not JSON, from column ");
    KINDS.put(
        new Bad("headers", "'{\"a\":{\"b\":\"c\"}}'"),
        "headers: the value of 'a' is not a string but an object");
    KINDS.put(
        new Bad("headers", "'{\"a\":null}'"),
        "headers: the value of 'a' is not a string but JSON's null");
    KINDS.put(
        new Bad("headers", "'{\"a\":1}'"),
        "headers: the value of 'a' is not a string but a number");
    KINDS.put(new Bad("headers", "'null'"), "headers: not an object of strings but JSON's null");
    KINDS.put(new Bad("headers", "'{} {}'"), "headers: more than one JSON value");
    KINDS.put(new Bad("content_type", "''"), "content_type: empty");
    KINDS.put(new Bad("message_id", "' x1'"), "message_id: begins or ends with a blank");
    KINDS.put(new Bad("message_id", "''"), "message_id: empty");
    KINDS.put(new Bad("attempts", "-3"), "attempts: -3, which is less than 0");
    KINDS.put(
        new Bad("status", "'DELIVERED'"), "status: DELIVERED, which is not that of a message");
    KINDS.put(new Bad("position", "4711"), "position: given by somebody else");
    KINDS.put(new Bad("queue", "1"), "position: null, though queue is 1");
    KINDS.put(new Bad("queue", "2"), "position: null, though queue is 2");
    KINDS.put(new Bad("queue", "99"), "queue: a number that Stretto does not write");
    KINDS.put(new Bad("queue", "-1"), "queue: a number that Stretto does not write");
  }

  @Parameter Database vendor;
  @TempDir Path folder;

  private record Bad(String column, String value) {}

  static Stream<Arguments> orderings() {
    return Stream.of(arguments("start", "park"), arguments("key", "block-key"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("orderings")
  void aRowThatCanNotBecomeAMessageIsParkedByItself(String ordering, String onExhausted)
      throws Exception {
    isParkedByItself(ordering, onExhausted);
  }

  @Test
  @Tag("slow")
  void theSameInStrictOrder() throws Exception {
    isParkedByItself("strict", "hold");
  }

  private void isParkedByItself(String ordering, String onExhausted) throws Exception {
    FreshDatabase database = vendor.fresh(folder);
    fill(older(database), ordering.equals("key"));

    try (JobFixture fixture =
        fixture(database, "ordering=" + ordering, "on-exhausted=" + onExhausted, "window=16")) {
      Executed result = fixture.dispatch();

      assertThat(result.status()).isEqualTo("COMPLETED");
      assertThat(result.counts().parked()).isEqualTo(KINDS.size());
      assertThat(result.counts().delivered()).isEqualTo(1000);
      assertThat(fixture.statuses()).isEqualTo(Map.of("DELIVERED", 1000, "PARKED", KINDS.size()));
      assertThat(reasons(fixture))
          .as("each with its reason")
          .satisfiesExactlyInAnyOrder(matching());
      assertThat(fixture.transport.calls())
          .as("in order, whatever is between them")
          .extracting(call -> call.message().position())
          .isSorted();
      assertThat(fixture.transport.calls()).extracting(Call::attempt).containsOnly(1);

      ParkedMessages parked = parked(fixture);
      assertThat(parked.decideAll(Decision.REDRIVE, JobFixture.CHANNEL)).isEqualTo(KINDS.size());
      fixture.dispatch();

      assertThat(fixture.statuses().get("PARKED"))
          .as("what is as it was is parked again; of the others Stretto has mended the place")
          .isEqualTo(13);
    }
  }

  @Test
  void whatCanNotBeReadCanBeShown() throws Exception {
    FreshDatabase database = vendor.fresh(folder);
    older(database)
        .update(
            "insert into outbox_message (channel, payload, headers, message_id)"
                + " values ('space', '1', 'oops', 'bad')");

    try (JobFixture fixture = fixture(database)) {
      fixture.dispatch();

      StoredMessage shown = parked(fixture).show("bad");
      assertThat(shown.message().headers()).isEmpty();
      assertThat(shown.message().payload()).isEqualTo("1");
      assertThat(shown.message().attempts()).as("no call was made").isZero();
      assertThat(shown.startedAt()).isNull();
    }
  }

  @Test
  void aRowThatBlocksItsKeyKeepsTheOthersOfThatKeyWaiting() throws Exception {
    FreshDatabase database = vendor.fresh(folder);
    JdbcTemplate older = older(database);
    String insert =
        "insert into outbox_message (channel, payload, ordering_key, headers, message_id)"
            + " values ('space', '1', ?, ?, ?)";
    older.update(insert, "a", null, "a1");
    older.update(insert, "a", "oops", "a2");
    older.update(insert, "a", null, "a3");
    older.update(insert, "b", null, "b1");

    try (JobFixture fixture = fixture(database, "ordering=key")) {
      assertThat(fixture.dispatch().counts().parked()).isEqualTo(1);
      assertThat(sent(fixture)).containsExactlyInAnyOrder("a1", "b1");

      parked(fixture).decide(Decision.DISCARD, List.of("a2"));
      fixture.dispatch();

      assertThat(sent(fixture)).containsExactlyInAnyOrder("a1", "b1", "a3");
    }
  }

  @Test
  void anEmptyKeyIsAKeyLikeAnyOther() throws Exception {
    try (JobFixture fixture = new JobFixture(vendor, folder, "ordering=key", "window=2")) {
      fixture.append(50, "");
      fixture.dispatch(new RunOptions(30L, null, null, null, null), run -> {});
      assertThat(fixture.jdbc.queryForList("select * from outbox_held")).isNotEmpty();

      fixture.dispatch();

      assertThat(fixture.statuses()).isEqualTo(Map.of("DELIVERED", 50));
      assertThat(fixture.transport.positions()).isSorted();
    }
  }

  @Test
  void newRowsOfThatKindAreRefused() {
    try (JobFixture fixture = new JobFixture(vendor, folder)) {
      for (Bad bad : KINDS.keySet()) {
        if (vendor != Database.POSTGRESQL && hasValueOfAnotherType(bad)) {
          continue;
        }
        assertThatThrownBy(() -> insert(fixture.jdbc, bad, null))
            .as("%s", bad)
            .isInstanceOf(DataIntegrityViolationException.class);
      }
      insert(fixture.jdbc, new Bad("headers", "'{\"X-A\":\"b\",\"X-C\":\"\"}'"), null);
      insert(fixture.jdbc, new Bad("headers", "'{}'"), null);
      insert(fixture.jdbc, new Bad("headers", "null"), "key");
      fixture.append(1);
    }
  }

  /** What only PostgreSQL can tell within a constraint. */
  private static boolean hasValueOfAnotherType(Bad bad) {
    return bad.value().startsWith("'{\"a\":") && bad.value().endsWith("}'");
  }

  /** Bad rows among a thousand good ones, each of its own key where there are keys. */
  private void fill(JdbcTemplate jdbc, boolean keys) {
    int between = 1000 / KINDS.size();
    int good = 0;
    for (Bad bad : KINDS.keySet()) {
      good(jdbc, between);
      good += between;
      insert(jdbc, bad, keys ? "key-" + good : null);
    }
    good(jdbc, 1000 - good);
  }

  private void good(JdbcTemplate jdbc, int messages) {
    jdbc.update(
        "insert into outbox_message (channel, payload, headers)"
            + " select 'space', '1', '{\"X-A\":\"b\"}' from "
            + vendor.numbers(messages));
  }

  private static void insert(JdbcTemplate jdbc, Bad bad, @Nullable String key) {
    jdbc.update(
        "insert into outbox_message (channel, payload, ordering_key, %s) values ('space', '1', ?, %s)"
            .formatted(bad.column(), bad.value()),
        key);
  }

  /** An older version's tables are where it made them. */
  private JobFixture fixture(FreshDatabase database, String... settings) {
    List<String> all = new ArrayList<>(List.of(settings));
    if (vendor != Database.MARIADB) {
      all.add("stretto.schema=public");
    }
    return new JobFixture(database, all.toArray(String[]::new));
  }

  private JdbcTemplate older(FreshDatabase fresh) throws Exception {
    OpenDatabase opened =
        OpenDatabase.open(
            new OpenDatabase.Request(fresh.url(), fresh.user(), fresh.password(), Duration.ZERO));
    opened.close();
    DriverManagerDataSource database =
        new DriverManagerDataSource(opened.url(), fresh.user(), fresh.password());
    Flyway.configure()
        .dataSource(database)
        .locations(
            "classpath:dev/stretto/database/schema/migration/"
                + vendor.name().toLowerCase(Locale.ROOT))
        .target(BEFORE)
        .load()
        .migrate();
    return new JdbcTemplate(database);
  }

  @SuppressWarnings("unchecked")
  private static org.assertj.core.api.ThrowingConsumer<@Nullable String>[] matching() {
    return KINDS.values().stream()
        .map(reason ->
            (org.assertj.core.api.ThrowingConsumer<@Nullable String>)
                found -> assertThat(found).startsWith(reason))
        .toArray(org.assertj.core.api.ThrowingConsumer[]::new);
  }

  private static List<@Nullable String> reasons(JobFixture fixture) {
    return fixture.jdbc.queryForList(
        "select last_error from outbox_message where status = 'PARKED' order by position",
        String.class);
  }

  private static List<String> sent(JobFixture fixture) {
    return fixture.transport.calls().stream().map(call -> call.message().messageId()).toList();
  }

  private static ParkedMessages parked(JobFixture fixture) {
    return new ParkedMessages(
        fixture.jdbc,
        new TransactionTemplate(fixture.context.getBean(PlatformTransactionManager.class)),
        fixture.context.getBean(Durability.class));
  }
}
