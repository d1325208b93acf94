package dev.stretto.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What H2 writes into its file while several sessions work. */
public class H2TurnsTest {

  private static final int ROWS = 40;

  /** Versions of the file that are looked at. */
  private static final int VERSIONS = 500;

  private static CountDownLatch reached = new CountDownLatch(1);
  private static CountDownLatch released = new CountDownLatch(1);

  @TempDir private Path folder;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  /** Nobody takes a turn away. */
  public static final class Patient extends H2Turns {
    /** For H2. */
    public Patient() {
      super(Duration.ofMinutes(1));
    }
  }

  /** Notes what was written by the end of the last turn. */
  public static final class Noting extends H2Turns {
    private static volatile int changes;

    @Override
    public void setProgress(int state, String sql, long done, long of) {
      super.setProgress(state, sql, done, of);
      changes = RecordedFile.changes();
    }
  }

  /** A function of SQL's that takes as long as the test wants. */
  public static int held() throws InterruptedException {
    reached.countDown();
    released.await();
    return 1;
  }

  /** A function of SQL's that executes a statement, and then takes as long as the test wants. */
  public static int changed(Connection connection) throws SQLException, InterruptedException {
    execute(connection, "update details set n = 7 where id = 1");
    return held();
  }

  @AfterEach
  void end() {
    released.countDown();
    threads.close();
  }

  private String url(String scheme, String name) {
    return H2Url.of("jdbc:h2:" + scheme + ":" + folder.resolve(name))
        .orElseThrow()
        .completed()
        .toString();
  }

  private Connection connect() throws SQLException {
    return DriverManager.getConnection(url("recorded", "db"));
  }

  private Connection create() throws SQLException {
    RecordedFile.begin();
    reached = new CountDownLatch(1);
    released = new CountDownLatch(1);
    Connection connection = connect();
    try (Statement statement = connection.createStatement()) {
      statement.execute("create table sums (id int primary key, n int)");
      statement.execute("insert into sums values (1, 0), (2, 0)");
      statement.execute("create table details (id int primary key, n int, place int)");
      statement.execute("create index details_n on details (n)");
      statement.execute("create index details_place on details (place, n)");
      statement.execute("insert into details select x, 0, x from system_range(1, " + ROWS + ")");
      statement.execute("create sequence numbers");
      for (String function : List.of("held", "changed")) {
        statement.execute(
            "create alias %s for '%s.%1$s'".formatted(function, H2TurnsTest.class.getName()));
      }
    }
    return connection;
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private CompletableFuture<Void> executed(Connection connection, String sql) {
    return executed(connection, sql, () -> true);
  }

  /** Again and again, on a thread of its own. */
  private CompletableFuture<Void> executed(
      Connection connection, String sql, BooleanSupplier enough) {
    return CompletableFuture.runAsync(
        () -> {
          try {
            do {
              execute(connection, sql);
            } while (!enough.getAsBoolean());
          } catch (SQLException e) {
            throw new IllegalStateException(e);
          }
        },
        threads);
  }

  @Test
  void everyVersionOfTheFileHasTransactionsWholeOrNotAtAll() throws Exception {
    AtomicBoolean over = new AtomicBoolean();
    int before;
    try (Connection connection = create();
        Connection other = connect()) {
      H2Release.keepCommits(connection);
      before = RecordedFile.changes();
      CompletableFuture<Void> beside =
          executed(other, "update sums set n = n + 1 where id = 2", over::get);
      connection.setAutoCommit(false);
      for (int n = 1; RecordedFile.changes() < before + VERSIONS; n++) {
        transact(connection, n);
      }
      over.set(true);
      beside.join();
    }

    assertThat(RecordedFile.wrong(before, folder.resolve("left.mv.db"), this::numbers)).isEmpty();
  }

  /** All rows have the same number afterwards. */
  private static void transact(Connection connection, int n) throws SQLException {
    execute(connection, "update sums set n = " + n + " where id = 1");
    try (PreparedStatement update =
        connection.prepareStatement("update details set n = ?, place = ? where id = ?")) {
      for (int id = 1; id <= ROWS; id++) {
        update.setInt(1, n);
        update.setInt(2, n * ROWS + id);
        update.setInt(3, id);
        update.addBatch();
      }
      update.executeBatch();
    }
    connection.commit();
  }

  /** What whoever opens the file finds that is not as it should be. */
  private String numbers() throws SQLException {
    try (Connection connection = DriverManager.getConnection(url("file", "left"));
        Statement statement = connection.createStatement()) {
      int sum = number(statement, "select n from sums where id = 1");
      String numbers =
          "%d in sums, %d to %d in details, %d of those by their index"
              .formatted(
                  sum,
                  number(statement, "select min(n + 0) from details where id > 0"),
                  number(statement, "select max(n + 0) from details where id > 0"),
                  number(statement, "select count(*) from details where n = " + sum));
      statement.execute("shutdown immediately");
      return numbers.equals(
              "%1$d in sums, %1$d to %1$d in details, %2$d of those by their index"
                  .formatted(sum, ROWS))
          ? ""
          : numbers;
    }
  }

  private static int number(Statement statement, String query) throws SQLException {
    try (ResultSet row = statement.executeQuery(query)) {
      row.next();
      return row.getInt(1);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "update sums set n = 7 where id = 2",
        "values next value for numbers",
        "select next value for numbers",
        "Select nextval('numbers')",
        "(select n from sums where id = 2) for update",
        "select id from final table (insert into sums values (3, 0))",
        "with added(id) as (select id from final table (insert into sums values (3, 0)))"
            + " select id from added"
      })
  void whatWritesWaitsForAStatementUnderWayAndWhatReadsDoesNot(String sql) throws Exception {
    waits("update sums set n = held() where id = 1", sql);
  }

  @Test
  void whatWritesWaitsForAStatementThatExecutesOthers() throws Exception {
    waits("update sums set n = changed() where id = 1", "update sums set n = 7 where id = 2");
  }

  private void waits(String underWay, String sql) throws Exception {
    try (Connection one = create();
        Connection other = connect()) {
      execute(one, "set database_event_listener '" + Patient.class.getName() + "'");
      CompletableFuture<Void> first = executed(one, underWay);
      CompletableFuture<Void> second = waiting(other, sql);
      first.join();
      second.join();
    }
  }

  /** Starts a statement while another is held, and releases that once this one waits. */
  private CompletableFuture<Void> waiting(Connection connection, String sql) throws Exception {
    try {
      reached.await();
      int before = RecordedFile.changes();
      CompletableFuture<Thread> thread = new CompletableFuture<>();
      CompletableFuture<Void> statement =
          CompletableFuture.runAsync(
              () -> {
                executed(connection, "select n from sums where id = 1").join();
                thread.complete(Thread.currentThread());
                try {
                  execute(connection, sql);
                } catch (SQLException e) {
                  throw new IllegalStateException(e);
                }
              },
              threads);

      Thread executes = thread.get(1, TimeUnit.MINUTES);
      await().until(() -> statement.isDone() || waitsForItsTurn(executes));
      assertThat(statement).isNotDone();
      assertThat(RecordedFile.changes()).isEqualTo(before);
      return statement;
    } finally {
      released.countDown();
    }
  }

  private static boolean waitsForItsTurn(Thread thread) {
    return thread.getState() == Thread.State.TIMED_WAITING
        && Arrays.stream(thread.getStackTrace())
            .anyMatch(frame -> frame.getClassName().equals(H2Turns.class.getName()));
  }

  @Test
  void aStatementThatCommitsItselfDoesSoInItsTurn() throws Exception {
    try (Connection one = create()) {
      execute(one, "set database_event_listener '" + Noting.class.getName() + "'");
      int before = RecordedFile.changes();

      execute(one, "update sums set n = 7 where id = 2");

      assertThat(Noting.changes).isGreaterThan(before).isEqualTo(RecordedFile.changes());
    }
  }

  @Test
  void aTransactionGoesOnWhoseRowTheHolderOfTheTurnWaitsFor() throws Exception {
    try (Connection one = create();
        Connection other = connect()) {
      H2Release.keepCommits(one);
      execute(other, "set lock_timeout 60000");
      one.setAutoCommit(false);
      execute(one, "update sums set n = 5 where id = 1");
      CompletableFuture<Void> waits = executed(other, "update sums set n = n + 1 where id = 1");
      await().until(() -> waitsForARow(one));

      for (int id = 1; id <= ROWS; id++) {
        execute(one, "update details set n = 5 where id = " + id);
      }
      one.commit();

      waits.join();
      try (Statement statement = other.createStatement()) {
        assertThat(number(statement, "select n from sums where id = 1")).isEqualTo(6);
      }
    }
  }

  private static boolean waitsForARow(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      return number(
              statement,
              "select count(*) from information_schema.sessions where blocker_id is not null")
          > 0;
    }
  }

  @Test
  void aFailedStatementGivesItsTurnBack() throws Exception {
    try (Connection one = create();
        Connection other = connect()) {
      execute(one, "set database_event_listener '" + Patient.class.getName() + "'");

      SQLException twice =
          catchThrowableOfType(
              SQLException.class, () -> execute(one, "insert into sums values (1, 0)"));

      assertThat(twice.getErrorCode()).isEqualTo(23505);
      executed(other, "update sums set n = 7 where id = 2").join();
    }
  }

  @Test
  void aStatementFailsWhoseCommitFindsNoSpace() throws Exception {
    try (Connection one = create()) {
      H2Release.keepCommits(one);
      RecordedFile.fail(new IOException("No space left on device"));

      SQLException full =
          catchThrowableOfType(
              SQLException.class, () -> execute(one, "update sums set n = 7 where id = 2"));

      assertThat(FileFault.of(full)).isEqualTo(FileFault.NO_SPACE);
    }
  }
}
