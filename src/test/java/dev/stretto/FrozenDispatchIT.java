package dev.stretto;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stretto.database.Database;
import dev.stretto.database.FreshDatabase;
import dev.stretto.database.OnEachServer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/**
 * A dispatch that is frozen in the middle of a transaction, and never wakes as long as the next one
 * runs: the server has to let go of what it holds.
 */
@Tag("slow")
@OnEachServer
class FrozenDispatchIT {

  private static final int MESSAGES = 3000;
  private static final int WINDOW = 8;

  /** Longer than a claim takes to be shown in its message's row, in the claim's transaction. */
  private static final String DELAY_MILLIS = "1500";

  private static final String LOCK_MESSAGES = "select id from outbox_message for update";

  @Parameter private Database vendor;
  @TempDir private Path folder;

  @Test
  void theNextRunDeliversTheRestWhileItStandsStill() throws Exception {
    FreshDatabase database = vendor.fresh(folder);
    try (ReceiverUnderTest receiver = ReceiverUnderTest.start("--delay", DELAY_MILLIS);
        Shell shell = new Shell(folder).takenOverSoon().on(database)) {
      shell.configureSpace(receiver.url(), "window: " + WINDOW);
      String lease = "--stretto.lease=3s";
      shell.append(1, MESSAGES);
      Shell.Running frozen = shell.start("dispatch", "--channel", "space", lease);
      receiver.awaitCount(3 * WINDOW, frozen);
      freezeInTransaction(frozen, database);
      receiver.answerAtOnce();

      Shell.Ran next = shell.run("dispatch", "--channel", "space", lease, "--json").exited(0);

      assertThat(next.json().path("remaining").asInt()).isZero();
      assertThat(next.json().path("seconds").asDouble())
          .as("without a limit it waits until somebody wakes the other, up to 2 minutes here")
          .isLessThan(60);
      frozen.signal("CONT");
      frozen.await().exited(75);
      assertThat(receiver.totals().distinct()).isEqualTo(MESSAGES);
      assertThat(receiver.totals().duplicates()).isLessThanOrEqualTo(WINDOW + 1);
      assertThat(shell.statuses()).isEqualTo(Map.of("DELIVERED", MESSAGES));
    }
  }

  /**
   * The transaction's first statement has the channel's row, its second waits for the messages'
   * rows until the process is frozen.
   */
  private void freezeInTransaction(Shell.Running run, FreshDatabase database) throws Exception {
    try (Connection lock = database.connect();
        Statement statement = lock.createStatement();
        Connection watching = database.connect()) {
      JdbcTemplate jdbc = new JdbcTemplate(new SingleConnectionDataSource(watching, true));
      lock.setAutoCommit(false);
      statement.execute(LOCK_MESSAGES);
      Awaitility.await().until(() -> count(jdbc, waitingUpdates()) > 0);
      run.signal("STOP");
      lock.rollback();
      Awaitility.await().until(() -> holdsRows(jdbc));
    }
  }

  private String waitingUpdates() {
    return switch (vendor) {
      case POSTGRESQL ->
          """
          select count(*) from pg_stat_activity
           where datname = current_database() and wait_event_type = 'Lock'
             and query like '%IN_FLIGHT%'
          """;
      case MARIADB ->
          """
          select count(*) from information_schema.innodb_trx
           where trx_state = 'LOCK WAIT' and trx_query like '%IN_FLIGHT%'
          """;
      case H2 -> throw new AssertionError("no server");
    };
  }

  private static int count(JdbcTemplate jdbc, String query) {
    return Objects.requireNonNull(jdbc.queryForObject(query, Integer.class));
  }

  /** For longer than the server takes to end a statement that commits by itself. */
  private static boolean holdsRows(JdbcTemplate jdbc) {
    return IntStream.range(0, 100).allMatch(i -> isHeld(jdbc));
  }

  private static boolean isHeld(JdbcTemplate jdbc) {
    try {
      jdbc.queryForList(
          "select channel from outbox_channel where channel = 'space' for update nowait");
      return false;
    } catch (DataAccessException e) {
      return true;
    }
  }
}
