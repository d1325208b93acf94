package dev.stretto.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stretto.cli.CommandLineRun.Result;
import dev.stretto.database.Database;
import dev.stretto.database.FreshDatabase;
import dev.stretto.database.OnEachServer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.Parameter;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * A server that takes no writes, or no more connections, for now: 75, and a line that says which.
 */
@OnEachServer
@Isolated("changes settings of the server")
class ServerTroubleTest {

  private static final String USER = "worker";

  @Parameter Database vendor;
  @TempDir Path folder;
  private FreshDatabase admin;
  private FreshDatabase database;
  private JdbcTemplate jdbc;

  @BeforeEach
  void aMessageWaits() {
    admin = vendor.fresh(folder);
    jdbc = new JdbcTemplate(admin.dataSource());
    if (vendor == Database.POSTGRESQL) {
      jdbc.execute("create role worker login password 'worker'");
      jdbc.execute("create schema stretto authorization worker");
    } else {
      jdbc.execute("create user worker identified by 'worker'");
      jdbc.execute("grant all on " + name() + ".* to worker");
    }
    database = new FreshDatabase(vendor, admin.url(), USER, USER);
    assertThat(
            new CommandLineRun(database)
                .run(CommandLineRun.lines("1"), "append", "--channel=space")
                .code())
        .isZero();
  }

  /** Users and settings are the server's, which others use too. */
  @AfterEach
  void putBack() {
    if (vendor == Database.POSTGRESQL) {
      jdbc.execute("drop owned by worker cascade");
    } else {
      jdbc.execute("set global read_only = 0");
    }
    jdbc.execute("drop user worker");
  }

  @Test
  void aServerThatBecameReadOnlyIsTriedAgainLater() {
    jdbc.execute(
        vendor == Database.POSTGRESQL
            ? "alter role worker set default_transaction_read_only = on"
            : "set global read_only = 1");

    assertThat(triedAgainLater(dispatch(10)))
        .contains("the database takes no writes; the next run carries on: ")
        .containsIgnoringCase(vendor == Database.POSTGRESQL ? "25006" : "read-only");
    Result append =
        new CommandLineRun(database).run(CommandLineRun.lines("2"), "append", "--channel=space");
    assertThat(append.code()).as(append.err()).isEqualTo(75);
    assertThat(append.err()).contains("the database failed: ").hasLineCount(1);
  }

  @Test
  void aUserWhoseConnectionsAreUsedUpComesAgain() throws SQLException {
    limitTo(1);
    try (Connection other = DriverManager.getConnection(admin.url(), USER, USER)) {
      assertThat(other.isValid(1)).isTrue();

      Result result = dispatch(10);

      assertThat(result.code()).as(result.out() + result.err()).isEqualTo(75);
      assertThat(result.err())
          .contains("has no connection left for this: try again later, or allow more (")
          .hasLineCount(1);
    }
  }

  @Test
  void aRunThatGetsTooFewConnectionsComesAgain() throws SQLException {
    limitTo(1);

    assertThat(triedAgainLater(dispatch(10)))
        .contains("the database has no connection left; the next run carries on: ");
  }

  private void limitTo(int connections) throws SQLException {
    jdbc.execute(
        vendor == Database.POSTGRESQL
            ? "alter role worker connection limit " + connections
            : "grant usage on *.* to worker with max_user_connections " + connections);
  }

  private Result dispatch(int limit) {
    return new CommandLineRun(database)
        .with("--stretto.channels.space.http.url=http://127.0.0.1:1/")
        .run("dispatch", "--channel=space", "--limit=" + limit);
  }

  private static String triedAgainLater(Result result) {
    assertThat(result.code()).as(result.out() + result.err()).isEqualTo(75);
    assertThat(result.out()).hasLineCount(1);
    assertThat(result.err()).doesNotContain("\tat ", "Exception");
    return result.out();
  }

  private String name() {
    return admin.url().replaceFirst(".*/", "");
  }
}
