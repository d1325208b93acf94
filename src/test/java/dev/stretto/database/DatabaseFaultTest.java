package dev.stretto.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
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

/** Each fault is made to happen, on the real thing. */
@OnEachDatabase
class DatabaseFaultTest {

  private static final String TOUCH = "update numbers set seen = seen + 1 where n = 2";

  @Parameter Database vendor;
  @TempDir Path folder;
  private FreshDatabase database;
  private final List<Connection> connections = new ArrayList<>();

  @BeforeEach
  void twoRows() throws Exception {
    database = vendor.fresh(folder);
    fill(database);
  }

  private static void fill(FreshDatabase database) throws Exception {
    try (Connection connection = database.connect()) {
      JdbcTemplate jdbc = new JdbcTemplate(new SingleConnectionDataSource(connection, true));
      jdbc.execute("create table numbers (n integer primary key, seen integer)");
      jdbc.update("insert into numbers (n, seen) values (1, 0), (2, 0)");
    }
  }

  @AfterEach
  void closeConnections() throws Exception {
    for (Connection connection : connections) {
      connection.close();
    }
  }

  @Test
  void twoTransactionsThatWaitForEachOther() throws Exception {
    Session first = inTransaction(database);
    Session second = inTransaction(database);
    first.touch(1);
    second.touch(2);

    CompletableFuture<Throwable> failure =
        CompletableFuture.supplyAsync(() -> catchThrowable(() -> first.touchAndEnd(2)));
    Throwable mine = catchThrowable(() -> second.touchAndEnd(1));

    assertThat(Arrays.asList(mine, failure.join()))
        .filteredOn(thrown -> thrown != null)
        .singleElement()
        .satisfies(thrown ->
            assertThat(DatabaseFault.of(thrown))
                .as("%s", thrown)
                .isEqualTo(DatabaseFault.DEADLOCK));
  }

  @Test
  void aLockThatIsNotGivenInTime() throws Exception {
    inTransaction(database).touch(1);
    Session second = inTransaction(database);
    second.execute(vendor.lockTimeoutOfAnInstant());

    Throwable thrown = catchThrowable(() -> second.touch(1));

    assertThat(DatabaseFault.of(thrown)).as("%s", thrown).isEqualTo(DatabaseFault.LOCK_TIMEOUT);
  }

  @Test
  void whatWouldFailAgain() throws Exception {
    JdbcTemplate jdbc = new JdbcTemplate(database.dataSource());

    assertThat(
            List.of(
                catchThrowable(() -> jdbc.update("insert into numbers (n) values (1)")),
                catchThrowable(() -> jdbc.update("insert into nowhere (n) values (1)")),
                catchThrowable(() -> jdbc.update("no SQL")),
                new IllegalStateException("no database")))
        .allSatisfy(thrown ->
            assertThat(DatabaseFault.of(thrown)).as("%s", thrown).isEqualTo(DatabaseFault.OTHER));
  }

  @Test
  void aSessionThatAnAdministratorEnds() throws Exception {
    Session session = inTransaction(database);
    session.touch(1);

    new JdbcTemplate(database.dataSource()).execute(vendor.endSession(session.id(vendor)));

    Throwable thrown = catchThrowable(() -> session.touch(2));
    assertThat(DatabaseFault.of(thrown)).as("%s", thrown).isEqualTo(DatabaseFault.CONNECTION_LOST);
    Throwable again = catchThrowable(() -> session.touch(2));
    assertThat(DatabaseFault.of(again)).as("%s", again).isEqualTo(DatabaseFault.CONNECTION_LOST);
  }

  @Test
  @Tag("slow")
  void aDatabaseThatIsGone() throws Exception {
    try (Gone gone = gone()) {
      Session session = inTransaction(gone.database());
      session.touch(1);
      try (HikariDataSource pool = pool(gone.database())) {
        JdbcTemplate pooled = new JdbcTemplate(pool);
        TransactionTemplate transaction = new TransactionTemplate(new JdbcTransactionManager(pool));

        Throwable duringWork =
            catchThrowable(() ->
                transaction.executeWithoutResult(status -> {
                  pooled.update(TOUCH);
                  gone.kill();
                  pooled.update(TOUCH);
                }));
        Throwable duringCommit = catchThrowable(session.connection()::commit);
        Throwable unreachable =
            catchThrowable(() -> transaction.executeWithoutResult(status -> pooled.update(TOUCH)));

        for (Throwable thrown : List.of(duringWork, duringCommit, unreachable)) {
          assertThat(DatabaseFault.of(thrown))
              .as("%s", thrown)
              .isEqualTo(DatabaseFault.CONNECTION_LOST);
        }
      }
    }
  }

  /** A database that can be done away with. */
  private interface Gone extends AutoCloseable {

    FreshDatabase database();

    void kill();

    @Override
    void close() throws Exception;
  }

  private Gone gone() throws Exception {
    if (vendor == Database.H2) {
      return new ClosedFile(database);
    }
    DatabaseServer server = vendor.startServer(folder);
    FreshDatabase fresh = server.fresh("gone");
    fill(fresh);
    return new KilledServer(server, fresh);
  }

  private record ClosedFile(FreshDatabase database) implements Gone {

    @Override
    public void kill() {
      new JdbcTemplate(database.dataSource()).execute("shutdown immediately");
    }

    @Override
    public void close() {}
  }

  private record KilledServer(DatabaseServer server, FreshDatabase database) implements Gone {

    @Override
    public void kill() {
      try {
        server.kill();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void close() throws Exception {
      server.close();
    }
  }

  private static HikariDataSource pool(FreshDatabase database) {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(database.url() + (database.vendor() == Database.H2 ? ";IFEXISTS=TRUE" : ""));
    config.setUsername(database.user());
    config.setPassword(database.password());
    config.setConnectionTimeout(250);
    config.setMaximumPoolSize(1);
    return new HikariDataSource(config);
  }

  private Session inTransaction(FreshDatabase chosen) throws SQLException {
    Connection connection = chosen.connect();
    connections.add(connection);
    connection.setAutoCommit(false);
    return new Session(connection);
  }

  /** A transaction that is under way. */
  private record Session(Connection connection) {

    void execute(String sql) throws SQLException {
      try (Statement statement = connection.createStatement()) {
        statement.execute(sql);
      }
    }

    void touch(int row) throws SQLException {
      execute("update numbers set seen = seen + 1 where n = " + row);
    }

    void touchAndEnd(int row) throws SQLException {
      try {
        touch(row);
      } finally {
        connection.rollback();
      }
    }

    String id(Database vendor) throws SQLException {
      try (Statement statement = connection.createStatement();
          ResultSet row = statement.executeQuery(vendor.session())) {
        row.next();
        return row.getString(1);
      }
    }
  }
}
