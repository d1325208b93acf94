package dev.stretto;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stretto.database.Database;
import dev.stretto.database.FreshDatabase;
import dev.stretto.database.OnEachServer;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * A dispatch that is frozen in the middle of a transaction, and never wakes as long as the next one
 * runs: the server has to let go of what it holds.
 */
@OnEachServer
class FrozenDispatchIT {

  private static final int MESSAGES = 3000;
  private static final int WINDOW = 8;

  @Parameter private Database vendor;
  @TempDir private Path folder;

  @Test
  void theNextRunDeliversTheRestWhileItStandsStill() throws Exception {
    FreshDatabase database = vendor.fresh(folder);
    try (ReceiverUnderTest receiver = ReceiverUnderTest.start("--delay", "20");
        Shell shell = new Shell(folder).on(database)) {
      shell.configureSpace(receiver.url(), "window: " + WINDOW);
      String lease = "--stretto.lease=3s";
      shell.append(1, MESSAGES);
      Shell.Running frozen = shell.start("dispatch", "--channel", "space", lease);
      receiver.awaitCount(200, frozen);
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

  /** Until the server says that it has written something, waits for nothing and is told no more. */
  private void freezeInTransaction(Shell.Running run, FreshDatabase database) throws Exception {
    JdbcTemplate jdbc = new JdbcTemplate(database.dataSource());
    run.signal("STOP");
    while (!holdsRows(jdbc)) {
      run.signal("CONT");
      run.signal("STOP");
    }
  }

  private boolean holdsRows(JdbcTemplate jdbc) {
    String query =
        vendor == Database.POSTGRESQL
            ? "select count(*) from pg_stat_activity where datname = current_database()"
                + " and state = 'idle in transaction' and backend_xid is not null"
            : "select count(*) from information_schema.innodb_trx t"
                + " join information_schema.processlist p on p.id = t.trx_mysql_thread_id"
                + " where t.trx_rows_modified > 0 and p.command = 'Sleep'"
                + " and p.db = database()";
    Integer count = jdbc.queryForObject(query, Integer.class);
    return count != null && count > 0;
  }
}
