package dev.stretto.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stretto.cli.CommandLineRun.Result;
import dev.stretto.database.Database;
import dev.stretto.database.FreshDatabase;
import dev.stretto.database.PgBouncer;
import dev.stretto.receiver.Receiver;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Through a pooler whose sessions others get as well: everything works, and nothing stays. */
@Tag("pgbouncer")
class PoolerTest {

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"extra_float_digits", "extra_float_digits,options"})
  void threeFirstCommandsAtOnceAndADispatchLeaveTheSessionsAsTheyWere(String ignored)
      throws Exception {
    FreshDatabase behind = Database.POSTGRESQL.fresh(folder);
    try (PgBouncer pooler = new PgBouncer(folder, behind, ignored);
        Receiver receiver = new Receiver(Receiver.Options.delayed(position -> Duration.ZERO))) {
      List<String> before = sessions(pooler.database());

      List<CompletableFuture<Result>> first =
          Stream.of("1", "2", "3")
              .map(line ->
                  CompletableFuture.supplyAsync(() ->
                      new CommandLineRun(pooler.database())
                          .run(CommandLineRun.lines(line), "append", "--channel=space")))
              .toList();
      for (CompletableFuture<Result> appended : first) {
        assertThat(appended.join().code()).as(appended.join().err()).isZero();
      }
      Result dispatched =
          new CommandLineRun(pooler.database())
              .with("--stretto.channels.space.http.url=http://127.0.0.1:" + receiver.port() + "/")
              .run("dispatch", "--channel=space");

      assertThat(dispatched.code()).as(dispatched.out() + dispatched.err()).isZero();
      assertThat(receiver.totals().distinct()).isEqualTo(3);
      for (List<String> command : List.of(List.of("status"), List.of("runs"), List.of("verify"))) {
        Result result = new CommandLineRun(pooler.database()).run(command.toArray(String[]::new));
        assertThat(result.code()).as(command + result.err()).isZero();
      }
      assertThat(sessions(pooler.database())).isEqualTo(before);
    }
  }

  /** What others find in each of the server's sessions. */
  private static List<String> sessions(FreshDatabase pooled) throws SQLException {
    List<String> sessions = new ArrayList<>();
    List<Connection> open = new ArrayList<>();
    try {
      for (int i = 0; i < PgBouncer.SESSIONS; i++) {
        Connection connection = pooled.connectPlainly();
        open.add(connection);
        connection.setAutoCommit(false);
        sessions.add(settings(connection));
      }
    } finally {
      for (Connection connection : open) {
        connection.close();
      }
    }
    return sessions;
  }

  private static String settings(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "select concat_ws(' ', current_user, current_setting('search_path'),"
                    + " current_setting('idle_in_transaction_session_timeout'),"
                    + " current_setting('lock_timeout'), current_setting('statement_timeout'),"
                    + " current_setting('role'))")) {
      row.next();
      return row.getString(1);
    }
  }
}
