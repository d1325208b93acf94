package dev.stretto.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.springframework.core.retry.RetryPolicy;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.DefaultTransactionStatus;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.util.backoff.BackOffExecution;

@OnEachDatabase
class RepeatedTransactionTest {

  @Parameter Database vendor;
  @TempDir Path folder;
  private FreshDatabase database;
  private JdbcTemplate jdbc;

  @BeforeEach
  void oneRow() {
    database = vendor.fresh(folder);
    jdbc = new JdbcTemplate(database.dataSource());
    jdbc.execute("create table numbers (n integer primary key, seen integer)");
    jdbc.update("insert into numbers (n, seen) values (1, 0)");
  }

  @Test
  void aLockThatIsGivenInTheEndCostsTriesOnly() throws Exception {
    try (Connection other = database.connect()) {
      holdTheRow(other);
      AtomicInteger tries = new AtomicInteger();

      int changed =
          repeated(dataSource())
              .execute(() -> {
                insert(tries.incrementAndGet());
                if (tries.get() == 3) {
                  letGo(other);
                }
                return touch();
              });

      assertThat(changed).isEqualTo(1);
      assertThat(numbers()).as("what a failed try did is undone").containsExactly(1, 103);
    }
  }

  @Test
  void aLockThatIsNeverGivenEndsIt() throws Exception {
    try (Connection other = database.connect()) {
      holdTheRow(other);
      AtomicInteger tries = new AtomicInteger();

      assertThatThrownBy(() ->
              repeated(dataSource())
                  .execute(() -> {
                    tries.incrementAndGet();
                    return touch();
                  }))
          .satisfies(
              thrown -> assertThat(DatabaseFault.of(thrown)).isEqualTo(DatabaseFault.LOCK_TIMEOUT));

      assertThat(tries).hasValue(7);
    }
  }

  @Test
  void waitsLongerBeforeEachTry() {
    BackOffExecution waits = RepeatedTransaction.POLICY.getBackOff().start();

    assertThat(Stream.generate(waits::nextBackOff).limit(7).toList())
        .containsExactly(50L, 100L, 200L, 400L, 800L, 1600L, BackOffExecution.STOP);
    assertThat(RepeatedTransaction.POLICY.getTimeout()).isEqualTo(Duration.ofSeconds(15));
  }

  @Test
  void nothingIsTriedOnceTheTimeIsUp() throws Exception {
    try (Connection other = database.connect()) {
      holdTheRow(other);
      AtomicInteger tries = new AtomicInteger();

      assertThatThrownBy(() ->
              repeated(
                      new JdbcTransactionManager(dataSource()),
                      RepeatedTransaction.policy()
                          .delay(Duration.ofSeconds(1))
                          .timeout(Duration.ofMillis(1)))
                  .execute(() -> {
                    tries.incrementAndGet();
                    return touch();
                  }))
          .satisfies(
              thrown -> assertThat(DatabaseFault.of(thrown)).isEqualTo(DatabaseFault.LOCK_TIMEOUT));

      assertThat(tries).as("for the wait would end too late").hasValue(1);
    }
  }

  @Test
  void whatWouldFailAgainIsNotTriedAgain() {
    AtomicInteger tries = new AtomicInteger();

    assertThatThrownBy(() ->
            repeated(dataSource())
                .execute(() -> {
                  tries.incrementAndGet();
                  return jdbc.update("insert into numbers (n) values (1)");
                }))
        .isInstanceOf(DuplicateKeyException.class);

    assertThat(tries).hasValue(1);
  }

  @Test
  void aConnectionLostDuringTheWorkIsNoReasonToGiveUp() {
    AtomicInteger tries = new AtomicInteger();

    int changed =
        repeated(dataSource())
            .executeOnce(() -> {
              insert(tries.incrementAndGet());
              if (tries.get() == 1) {
                endSession();
              }
              return touch();
            });

    assertThat(changed).isEqualTo(1);
    assertThat(numbers()).containsExactly(1, 102);
  }

  @Test
  void aConnectionLostDuringTheCommitIsOneWhereTwiceDoesHarm() {
    AtomicInteger once = new AtomicInteger();
    AtomicInteger anyNumber = new AtomicInteger();

    assertThatThrownBy(() ->
            repeated(new LosesTheFirstCommit())
                .executeOnce(() -> {
                  insert(once.incrementAndGet());
                  return touch();
                }))
        .satisfies(thrown ->
            assertThat(DatabaseFault.of(thrown)).isEqualTo(DatabaseFault.CONNECTION_LOST));
    repeated(new LosesTheFirstCommit())
        .execute(() -> {
          insert(10 + anyNumber.incrementAndGet());
          return touch();
        });

    assertThat(once).hasValue(1);
    assertThat(anyNumber).hasValue(2);
    assertThat(numbers()).containsExactly(1, 112);
  }

  /** Ends the session just before the database is asked to commit. */
  private final class LosesTheFirstCommit extends JdbcTransactionManager {
    private boolean lost;

    LosesTheFirstCommit() {
      super(dataSource());
    }

    @Override
    protected void doCommit(DefaultTransactionStatus status) {
      if (!lost) {
        lost = true;
        endSession();
      }
      super.doCommit(status);
    }
  }

  private RepeatedTransaction repeated(DriverManagerDataSource dataSource) {
    return repeated(new JdbcTransactionManager(dataSource));
  }

  /** With waits that a test need not sit through. */
  private RepeatedTransaction repeated(JdbcTransactionManager transactions) {
    return repeated(transactions, RepeatedTransaction.policy().maxRetries(6).delay(Duration.ZERO));
  }

  private RepeatedTransaction repeated(
      JdbcTransactionManager transactions, RetryPolicy.Builder policy) {
    jdbc = new JdbcTemplate(Objects.requireNonNull(transactions.getDataSource()));
    return new RepeatedTransaction(new TransactionTemplate(transactions), policy.build());
  }

  /** Its connections don't wait for locks. */
  private DriverManagerDataSource dataSource() {
    return new DriverManagerDataSource(database.url(), database.user(), database.password());
  }

  private void endSession() {
    Object session = jdbc.queryForObject(vendor.session(), Object.class);
    new JdbcTemplate(database.dataSource()).execute(vendor.endSession(String.valueOf(session)));
  }

  private void insert(int number) {
    jdbc.update("insert into numbers (n, seen) values (?, 0)", 100 + number);
  }

  private int touch() {
    jdbc.execute(vendor.lockTimeoutOfAnInstant());
    return jdbc.update("update numbers set seen = seen + 1 where n = 1");
  }

  private List<@Nullable Integer> numbers() {
    return new JdbcTemplate(database.dataSource())
        .queryForList("select n from numbers order by n", Integer.class);
  }

  private static void holdTheRow(Connection connection) throws Exception {
    connection.setAutoCommit(false);
    new JdbcTemplate(new SingleConnectionDataSource(connection, true))
        .update("update numbers set seen = seen + 1 where n = 1");
  }

  private static void letGo(Connection connection) {
    try {
      connection.rollback();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
