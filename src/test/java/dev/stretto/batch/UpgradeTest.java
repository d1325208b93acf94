package dev.stretto.batch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stretto.batch.RunResult.Executed;
import dev.stretto.database.Database;
import dev.stretto.database.Durability;
import dev.stretto.database.FreshDatabase;
import dev.stretto.database.OnEachDatabase;
import dev.stretto.database.OpenDatabase;
import dev.stretto.outbox.admin.ParkedMessages;
import dev.stretto.outbox.admin.ParkedMessages.Decision;
import dev.stretto.run.RunOptions;
import dev.stretto.transport.Call;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.springframework.batch.core.BatchStatus;
import org.springframework.batch.core.job.JobExecution;
import org.springframework.batch.core.job.parameters.JobParameters;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.batch.core.repository.support.JdbcJobRepositoryFactoryBean;
import org.springframework.batch.core.step.StepExecution;
import org.springframework.batch.infrastructure.item.ExecutionContext;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.annotation.Isolation;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Tables of an older version, with a row in every state and a run that was killed, are brought to
 * this version; then nothing is lost, and only what was claimed is sent again.
 */
@OnEachDatabase
class UpgradeTest {

  /** The first schema that had messages, which is the oldest there is. */
  private static final String OLDEST = "2";

  @Parameter Database vendor;
  @TempDir Path folder;

  @Test
  void whatAnOlderVersionLeftIsSentToTheEnd() throws Exception {
    FreshDatabase database = vendor.fresh(folder);
    DataSource older = migrated(database);
    JdbcTemplate jdbc = new JdbcTemplate(older);
    fill(jdbc);
    killedRun(jdbc, older);
    List<Map<String, @Nullable Object>> before = rows(jdbc);

    try (JobFixture fixture = new JobFixture(database, settings())) {
      assertThat(rows(fixture.jdbc)).as("migrated").isEqualTo(before);

      Executed first = fixture.dispatch();

      assertThat(first.status()).isEqualTo("COMPLETED");
      assertThat(first.resent()).isEqualTo(3);
      assertThat(attempts(fixture, "claimed")).containsExactly(2, 2, 2);
      assertThat(sent(fixture))
          .containsExactlyInAnyOrder(
              "new-1",
              "new-2",
              "new-3",
              "waiting-4",
              "waiting-5",
              "waiting-6",
              "claimed-1",
              "claimed-2",
              "claimed-3",
              "held-7",
              "held-8");
      assertThat(fixture.statuses())
          .isEqualTo(Map.of("DELIVERED", 12, "DISCARDED", 1, "PARKED", 1, "PENDING", 2));
      assertThat(statusOf(fixture, 1)).as("the killed run").isEqualTo("FAILED");
      assertThat(instancesOf(fixture)).as("carried on").isEqualTo(1);

      discard(fixture);
      Executed second = fixture.dispatch();

      assertThat(second.remaining()).isZero();
      assertThat(sent(fixture)).endsWith("blocked-10", "blocked-11").doesNotHaveDuplicates();
      assertThat(fixture.statuses()).isEqualTo(Map.of("DELIVERED", 14, "DISCARDED", 2));
      assertThat(
              fixture.jdbc.queryForList(
                  "select position from outbox_message where message_id like 'new-%' order by id",
                  Long.class))
          .as("behind the last one given")
          .containsExactly(14L, 15L, 16L);
    }
  }

  /** Older versions had their tables where a session finds them without asking. */
  private String[] settings() {
    return vendor == Database.MARIADB
        ? new String[] {"ordering=key", "window=4"}
        : new String[] {"ordering=key", "window=4", "stretto.schema=public"};
  }

  private static DataSource migrated(FreshDatabase fresh) throws Exception {
    OpenDatabase opened =
        OpenDatabase.open(
            new OpenDatabase.Request(fresh.url(), fresh.user(), fresh.password(), Duration.ZERO));
    opened.close();
    DataSource database = new DriverManagerDataSource(opened.url(), fresh.user(), fresh.password());
    Flyway.configure()
        .dataSource(database)
        .locations(
            "classpath:dev/stretto/database/schema/migration/"
                + fresh.vendor().name().toLowerCase(Locale.ROOT))
        .target(OLDEST)
        .load()
        .migrate();
    return database;
  }

  /** Positions 1 to 13, and three that have none yet. */
  private static void fill(JdbcTemplate jdbc) {
    Rows rows = new Rows(jdbc);
    rows.add("claimed", "IN_FLIGHT", 2, 1, 3, null);
    rows.add("waiting", "PENDING", 1, 4, 6, null);
    rows.add("held", "PENDING", 3, 7, 8, "held");
    rows.add("parked", "PARKED", 4, 9, 9, "blocked");
    rows.add("blocked", "PENDING", 3, 10, 11, "blocked");
    rows.add("discarded", "DISCARDED", 5, 12, 12, null);
    rows.add("delivered", "DELIVERED", 6, 13, 13, null);
    for (int i = 1; i <= 3; i++) {
      jdbc.update(
          "insert into outbox_message (channel, payload, message_id) values ('space', '1', ?)",
          "new-" + i);
    }
    jdbc.update(
        """
        insert into outbox_held (channel, ordering_key, position, id)
        select channel, ordering_key, position, id from outbox_message where queue = 3
        """);
    jdbc.update("insert into outbox_lane (channel, ordering_key) values ('space', 'held')");
    jdbc.update(
        """
        insert into outbox_lane (channel, ordering_key, blocked_by, blocked_at)
        select channel, ordering_key, id, current_timestamp(3) from outbox_message where queue = 4
        """);
    jdbc.update(
        "insert into outbox_channel (channel, fence, last_position) values ('space', 5, 13)");
  }

  private record Rows(JdbcTemplate jdbc) {

    void add(String name, String status, int queue, int from, int to, @Nullable String key) {
      for (int position = from; position <= to; position++) {
        boolean settled = queue > 3;
        jdbc.update(
            """
            insert into outbox_message
              (channel, payload, message_id, ordering_key, status, queue, position, attempts,
               last_error, fence, start_fence, start_number, settled_at)
            values ('space', '1', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,
                    case when ? then current_timestamp(3) end)
            """,
            name + "-" + position,
            key,
            status,
            queue,
            position,
            settled ? 1 : 0,
            queue == 4 ? "HTTP 422" : null,
            settled ? 5L : null,
            settled ? 5L : null,
            settled ? (long) position : null,
            settled);
      }
    }
  }

  /** As Spring Batch and the lease have it after a kill -9, a while ago. */
  private void killedRun(JdbcTemplate jdbc, DataSource database) throws Exception {
    JdbcJobRepositoryFactoryBean factory = new JdbcJobRepositoryFactoryBean();
    factory.setDataSource(database);
    factory.setTransactionManager(new JdbcTransactionManager(database));
    factory.setIsolationLevelForCreateEnum(Isolation.READ_COMMITTED);
    factory.afterPropertiesSet();
    JobRepository repository = Objects.requireNonNull(factory.getObject());
    JobParameters parameters = DispatchParameters.of(JobFixture.CHANNEL, "killed", RunOptions.NONE);
    JobExecution execution =
        repository.createJobExecution(
            repository.createJobInstance(DispatchJob.NAME, parameters),
            parameters,
            new ExecutionContext());
    LocalDateTime started = LocalDateTime.of(2026, 1, 1, 0, 0);
    StepExecution step = repository.createStepExecution(DispatchJob.NAME, execution);
    step.setStatus(BatchStatus.STARTED);
    step.setStartTime(started);
    repository.update(step);
    execution.setStatus(BatchStatus.STARTED);
    execution.setStartTime(started);
    repository.update(execution);
    jdbc.update(
        "insert into channel_lease (channel, fence, owner, run, expires_at)"
            + " values ('space', 5, 'dead', ?, "
            + vendor.in2026("0")
            + ")",
        execution.getId());
    jdbc.update(
        "insert into outbox_run (channel, fence, run, ordering) values ('space', 5, ?, 'KEY')",
        execution.getId());
  }

  private static List<Map<String, @Nullable Object>> rows(JdbcTemplate jdbc) {
    return jdbc.queryForList(
        """
        select id, message_id, ordering_key, payload, position, status, queue, attempts, last_error,
               start_fence, start_number
          from outbox_message order by id
        """);
  }

  private static List<String> sent(JobFixture fixture) {
    return fixture.transport.calls().stream()
        .map(Call::message)
        .map(message -> message.messageId())
        .toList();
  }

  private static List<Integer> attempts(JobFixture fixture, String name) {
    return fixture.jdbc.query(
        "select attempts from outbox_message where message_id like ? order by position",
        (row, number) -> row.getInt(1),
        name + "-%");
  }

  private static String statusOf(JobFixture fixture, long execution) {
    return String.valueOf(
        fixture.jdbc.queryForObject(
            "select status from BATCH_JOB_EXECUTION where JOB_EXECUTION_ID = ?",
            String.class,
            execution));
  }

  private static int instancesOf(JobFixture fixture) {
    return fixture.jdbc.queryForList("select * from BATCH_JOB_INSTANCE").size();
  }

  private static void discard(JobFixture fixture) {
    new ParkedMessages(
            fixture.jdbc,
            new TransactionTemplate(fixture.context.getBean(PlatformTransactionManager.class)),
            fixture.context.getBean(Durability.class))
        .decideAll(Decision.DISCARD, JobFixture.CHANNEL);
  }
}
