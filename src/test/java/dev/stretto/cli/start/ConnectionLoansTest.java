package dev.stretto.cli.start;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Connections of a pool for a thousand channels. */
class ConnectionLoansTest {

  private final ConnectionLoans loans = new ConnectionLoans();
  private final List<HikariDataSource> pools = new ArrayList<>();

  @AfterEach
  void close() {
    pools.forEach(HikariDataSource::close);
  }

  /** A pool of one connection. */
  private DataSource pool(long patienceMillis) {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl("jdbc:h2:mem:");
    config.setMaximumPoolSize(1);
    config.setConnectionTimeout(patienceMillis);
    HikariDataSource pool = new HikariDataSource(config);
    pools.add(pool);
    return (DataSource) loans.postProcessAfterInitialization(pool, "dataSource");
  }

  @Test
  @Tag("slow")
  void whileConnectionsComeBackNobodyIsTurnedAwayHoweverLongTheLineIs() throws Exception {
    DataSource pool = pool(5000);
    List<FutureTask<Void>> all = new ArrayList<>();
    for (int number = 0; number < 15; number++) {
      FutureTask<Void> task =
          new FutureTask<>(() -> {
            try (Connection _ = pool.getConnection()) {
              Thread.sleep(500);
            }
            return null;
          });
      all.add(task);
      Thread.ofPlatform().start(task);
    }

    for (FutureTask<Void> each : all) {
      each.get();
    }
    assertThat(loans.look()).isZero();
  }

  @Test
  void whereNoneComesBackWhoeverAsksIsTold() throws Exception {
    DataSource pool = pool(250);
    try (Connection _ = pool.getConnection()) {
      assertThatThrownBy(pool::getConnection)
          .isInstanceOf(SQLTransientConnectionException.class)
          .hasMessageContaining("request timed out after");
      assertThat(loans.look()).as("the one that is out").isEqualTo(1);
    }
    try (Connection again = pool.getConnection()) {
      assertThat(again.isValid(1)).isTrue();
    }
    assertThat(loans.look()).isZero();
  }

  @Test
  void anInterruptedThreadIsToldByThePool() throws Exception {
    DataSource pool = pool(60_000);
    try (Connection _ = pool.getConnection()) {
      FutureTask<Boolean> asking =
          new FutureTask<>(() -> {
            assertThatThrownBy(pool::getConnection)
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("Interrupted");
            return Thread.currentThread().isInterrupted();
          });
      Thread thread = Thread.ofPlatform().start(asking);
      await().until(() -> thread.getState() == Thread.State.TIMED_WAITING);
      thread.interrupt();

      assertThat(asking.get()).isTrue();
    }
  }
}
