package dev.stretto.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stretto.cli.CommandLineRun.Result;
import dev.stretto.database.Database;
import dev.stretto.database.FreshDatabase;
import dev.stretto.database.OnEachDatabase;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

/**
 * Tables of a version before {@code stretto.schema}, which had them, and a history under Flyway's
 * own name, wherever a session finds them: none is left behind in silence.
 */
@OnEachDatabase
class EarlierTablesTest {

  @Parameter Database vendor;
  @TempDir Path folder;
  private FreshDatabase database;

  @BeforeEach
  void anEarlierVersionWasHere() throws SQLException {
    database = vendor.fresh(folder);
    Flyway.configure()
        .dataSource(database.url(), database.user(), database.password())
        .locations(
            "classpath:dev/stretto/database/schema/migration/"
                + vendor.name().toLowerCase(Locale.ROOT))
        .target("3")
        .load()
        .migrate();
    execute("insert into outbox_message (channel, payload) values ('space', '1')");
  }

  @Test
  void areFoundAndGoneOnWithOnceSomebodySaysSo() throws SQLException {
    if (vendor != Database.MARIADB) {
      Result refused = new CommandLineRun(database).run("status");

      assertThat(refused.code()).isEqualTo(2);
      assertThat(refused.err())
          .containsIgnoringCase(
              "tables in schema public of this database: set stretto.schema=public")
          .hasLineCount(1);
    }
    CommandLineRun stretto = inPlace();

    Result status = stretto.run("status", "--json");

    assertThat(status.code()).as(status.err()).isZero();
    assertThat(status.out()).contains("\"pending\":1");
    assertThat(count("select count(*) from HISTORY where TYPE = 'SQL'")).isGreaterThan(3);
    assertThat(stretto.run("status").code()).as("again").isZero();
  }

  @Test
  void areNotTakenWhereSomebodyElsesMigrationStandsBesideOurs() throws SQLException {
    execute(
        """
        insert into HISTORY (INSTALLED_RANK, VERSION, DESCRIPTION, TYPE, SCRIPT, CHECKSUM,
          INSTALLED_BY, EXECUTION_TIME, SUCCESS)
        values (50, '50', 'theirs', 'SQL', 'V50__theirs.sql', 1, 'app', 1, true)
        """);

    Result refused = inPlace().run("status");

    assertThat(refused.code()).isEqualTo(1);
    assertThat(refused.err()).contains("that are not Stretto's").hasLineCount(1);
    assertThat(count("select count(*) from HISTORY where TYPE = 'SQL'")).isEqualTo(4);
  }

  private CommandLineRun inPlace() {
    CommandLineRun stretto = new CommandLineRun(database);
    return vendor == Database.MARIADB ? stretto : stretto.with("--stretto.schema=public");
  }

  private void execute(String sql) throws SQLException {
    try (Connection connection = database.connectPlainly();
        Statement statement = connection.createStatement()) {
      statement.execute(inHistory(sql));
    }
  }

  private int count(String sql) throws SQLException {
    try (Connection connection = database.connectPlainly();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(inHistory(sql))) {
      row.next();
      return row.getInt(1);
    }
  }

  /** Flyway's names are in lower case, which H2 wants quoted. */
  private String inHistory(String sql) {
    String named = sql.replace("HISTORY", "FLYWAY_SCHEMA_HISTORY");
    if (vendor != Database.H2) {
      return named.replace("FLYWAY_SCHEMA_HISTORY", "flyway_schema_history");
    }
    String quoted = named;
    for (String name :
        "FLYWAY_SCHEMA_HISTORY INSTALLED_RANK VERSION DESCRIPTION TYPE SCRIPT CHECKSUM INSTALLED_BY EXECUTION_TIME SUCCESS"
            .split(" ")) {
      quoted = quoted.replace(name, "\"" + name.toLowerCase(Locale.ROOT) + "\"");
    }
    return quoted;
  }
}
