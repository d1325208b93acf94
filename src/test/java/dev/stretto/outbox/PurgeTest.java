package dev.stretto.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import dev.stretto.database.Database;
import dev.stretto.database.FreshDatabase;
import dev.stretto.database.OnEachDatabase;
import dev.stretto.database.schema.SchemaDataSource;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.jdbc.core.BatchPreparedStatementSetter;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.DefaultTransactionStatus;
import org.springframework.transaction.support.TransactionTemplate;

/** Purges beside producers, and those that are cut short. */
@OnEachDatabase
class PurgeTest {

  private static final Duration AGE = Duration.ofDays(30);
  private static final int OLD = 6250;

  /** After which a statement that waits for a lock fails. */
  private static final int PATIENCE_SECONDS = 10;

  @Parameter Database vendor;
  @TempDir Path folder;
  private FreshDatabase database;
  private HikariDataSource pool;
  private JdbcTemplate jdbc;

  /** Run in each batch, after it was read and before any of it is removed. */
  private Runnable atRemoval = () -> {};

  /** Run in each batch, before it is committed. */
  private Runnable atCommit = () -> {};

  private SettledMessages settled;

  @BeforeEach
  void createTables() {
    database = vendor.migrated(folder);
    pool = database.pool();
    DataSource purging = new SchemaDataSource(pool, null);
    jdbc = new JdbcTemplate(purging);
    TransactionTemplate batches = new TransactionTemplate(new ObservedCommits(purging));
    // as the application has it
    batches.setIsolationLevel(TransactionDefinition.ISOLATION_READ_COMMITTED);
    JdbcTemplate impatient = new ObservedRemovals(purging);
    impatient.setQueryTimeout(PATIENCE_SECONDS);
    settled = new SettledMessages(impatient, batches);
    insert("DELIVERED", QueueState.DELIVERED, 1, OLD);
    jdbc.update("insert into outbox_channel (channel) values ('space')");
    jdbc.update(
        "insert into outbox_count (channel, up_to, messages, discarded) values ('space', 0, 0, 0)");
  }

  @AfterEach
  void close() {
    pool.close();
  }

  @Test
  void producersInsertAndCommitWhileABatchIsRemoved() {
    AtomicInteger inserted = new AtomicInteger();
    atCommit =
        () -> {
          int n = inserted.incrementAndGet();
          produce(
              "insert into outbox_message (channel, payload) values ('space', '1')",
              // between ids that are just being removed
              "insert into outbox_message (channel, message_id, payload)"
                  + " values ('space', 'm%d', '1')".formatted(n * 1000 * 10 - 5));
        };

    assertThat(settled.purge("space", AGE)).isEqualTo(OLD);
    assertThat(inserted).hasValueGreaterThanOrEqualTo(3);
    assertThat(statuses()).containsExactly("PENDING " + 2 * inserted.get());
  }

  @Test
  void waitsForNoProducersTransaction() throws SQLException {
    try (Connection producer = database.connect();
        Statement statement = producer.createStatement()) {
      producer.setAutoCommit(false);
      statement.execute(
          "insert into outbox_message (channel, message_id, payload)"
              + " select 'space', concat('m', 10 * n + 5), '1' from "
              + vendor.numbers(200));

      assertThat(settled.purge("space", AGE)).isEqualTo(OLD);
      assertThat(statuses()).isEmpty();
      producer.commit();
    }
    assertThat(statuses()).containsExactly("PENDING 200");
  }

  @Test
  void removesNothingThatIsNotSettledHoweverOld() {
    insert("PENDING", QueueState.NEW, OLD + 1, 10);
    insert("PENDING", QueueState.WAITING, OLD + 11, 11);
    insert("IN_FLIGHT", QueueState.CLAIMED, OLD + 22, 12);
    insert("PENDING", QueueState.HELD, OLD + 34, 13);
    insert("PARKED", QueueState.PARKED, OLD + 47, 14);
    insert("DISCARDED", QueueState.DISCARDED, OLD + 61, 15);
    AtomicInteger batches = new AtomicInteger();
    atRemoval =
        () -> {
          if (batches.incrementAndGet() == 2) {
            // read as delivered, and no longer so when the batch is removed
            produce(
                "update outbox_message set status = 'PENDING', queue = 1 where position = 1500");
          }
        };

    assertThat(settled.purge("space", AGE)).isEqualTo(OLD - 1 + 15);
    assertThat(statuses()).containsExactly("IN_FLIGHT 12", "PARKED 14", "PENDING 35");
  }

  @Test
  void goesOnWhereItWasCutShort() {
    AtomicInteger batches = new AtomicInteger();
    atCommit =
        () -> {
          if (batches.incrementAndGet() == 2) {
            throw new DataAccessResourceFailureException("the connection is lost");
          }
        };

    assertThatThrownBy(() -> settled.purge("space", AGE))
        .isInstanceOf(DataAccessResourceFailureException.class);
    assertThat(statuses()).containsExactly("DELIVERED 6200");
    assertThat(settled.purge("space", AGE)).isEqualTo(6200);
    assertThat(statuses()).isEmpty();
  }

  @Test
  void readsNothingBehindAPageThatWasAppendedTooLateToBeOld() {
    jdbc.update(
        "update outbox_message set created_at = settled_at, settled_at = case"
            + " when mod(position, 2) = 1 or position > 3000 then current_timestamp"
            + " else settled_at end");
    AtomicInteger looks = new AtomicInteger();
    atCommit = looks::incrementAndGet;
    assertThat(settled.purge("space", AGE)).as("late ones between, and behind").isEqualTo(1500);
    assertThat(looks.getAndSet(0)).as("of delivered and of discarded ones").isEqualTo(4 + 1);

    jdbc.update(
        "update outbox_message set created_at = current_timestamp, settled_at = current_timestamp"
            + " where position = 2001");
    assertThat(settled.purge("space", AGE)).isZero();
    assertThat(looks).hasValue(2 + 1);
  }

  @Test
  void isNotStoppedByATimeThatSomebodyElseGave() {
    jdbc.update(
        "update outbox_message set created_at = current_timestamp + interval '90' day"
            + " where position in (1, 3000)");

    assertThat(settled.purgeOldest("space", AGE, OLD)).isEqualTo(OLD);
  }

  /** Old ones, with message ids ten apart. */
  private void insert(String status, int queue, int firstPosition, int messages) {
    jdbc.update(
        "insert into outbox_message (channel, message_id, payload, position, status, queue,"
            + " settled_at) select 'space', concat('m', 10 * (n + ? - 1)), '1',"
            + " case when ? > 0 then n + ? - 1 end, ?, ?,"
            + " current_timestamp - interval '40' day from "
            + vendor.numbers(messages),
        firstPosition,
        queue,
        firstPosition,
        status,
        queue);
  }

  private List<@Nullable String> statuses() {
    return jdbc.queryForList(
        "select concat(status, ' ', count(*)) from outbox_message group by status order by status",
        String.class);
  }

  /** As a producer, over a connection of its own. */
  private void produce(String... statements) {
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement()) {
      statement.setQueryTimeout(PATIENCE_SECONDS);
      for (String sql : statements) {
        statement.execute(sql);
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private final class ObservedCommits extends JdbcTransactionManager {

    ObservedCommits(DataSource database) {
      super(database);
    }

    @Override
    protected void doCommit(DefaultTransactionStatus status) {
      atCommit.run();
      super.doCommit(status);
    }
  }

  private final class ObservedRemovals extends JdbcTemplate {

    ObservedRemovals(DataSource database) {
      super(database);
    }

    @Override
    public int[] batchUpdate(String sql, BatchPreparedStatementSetter rows) {
      atRemoval.run();
      return super.batchUpdate(sql, rows);
    }

    @Override
    public int update(String sql, @Nullable Object @Nullable ... arguments) {
      // not where the count is changed afterwards
      if (sql.strip().startsWith("delete from outbox_message")) {
        atRemoval.run();
      }
      return super.update(sql, arguments);
    }
  }
}
