package dev.stretto.database.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stretto.database.Database;
import dev.stretto.database.FreshDatabase;
import dev.stretto.database.OnEachDatabase;
import dev.stretto.database.UnusableDatabaseException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

@OnEachDatabase
class SchemaTest {

  private static final String SAME_INSTANTS =
      "connectionTimeZone=UTC&forceConnectionTimeZoneToSession=true&preserveInstants=true";

  @Parameter Database vendor;
  @TempDir Path folder;

  /** One that a migration adds has to be added to the list, or it is looked for elsewhere. */
  @Test
  void knowsEveryTableThatTheMigrationsMake() throws SQLException {
    FreshDatabase database = vendor.fresh(folder).migrated();
    Set<String> made = new TreeSet<>();
    try (Connection connection = database.connect()) {
      Schema schema = Schema.of((String) null, connection);
      String query =
          """
          select table_name from information_schema.tables where table_schema = '%1$s'
          union select sequence_name from information_schema.sequences
           where sequence_schema = '%1$s' and sequence_name not like '%%SYSTEM_SEQUENCE%%'
          """
              .formatted(schema.name());
      if (vendor == Database.MARIADB) {
        query = query.substring(0, query.indexOf("union"));
      }
      try (Statement statement = connection.createStatement();
          ResultSet rows = statement.executeQuery(query)) {
        while (rows.next()) {
          made.add(rows.getString(1).toLowerCase(Locale.ROOT));
        }
      }
    }
    made.remove(SchemaHistory.TABLE);
    made.remove("outbox_message_id_seq");

    assertThat(made).containsExactlyInAnyOrderElementsOf(Schema.TABLES);
  }

  @Test
  void aJobRepositoryElsewhereHasItsTablesThere() throws SQLException {
    try (Connection connection = vendor.fresh(folder).connectPlainly()) {
      Schema schema = Schema.of((String) null, connection);
      String sql = "select 1 from BATCH_JOB_EXECUTION e, outbox_run where nextval('batch_job_seq')";

      assertThat(schema.besideJobTables("jobs.SHOP_").qualify(sql))
          .contains("from jobs.SHOP_JOB_EXECUTION e, ", "'batch_job_seq'")
          .contains(schema.qualify("outbox_run"));
    }
  }

  @Test
  void namesTablesAndNothingElse() throws SQLException {
    try (Connection connection = vendor.fresh(folder).connectPlainly()) {
      Schema schema =
          vendor == Database.MARIADB
              ? Schema.of((String) null, connection)
              : Schema.of("It's \"so\"", connection);

      assertThat(
              schema.qualify(
                  "select nextval('BATCH_JOB_INSTANCE_SEQ'), outbox_run.run from outbox_run,"
                      + " x.outbox_run where outbox_run_key = outbox_runs"))
          .isEqualTo(
              vendor == Database.MARIADB
                  ? "select nextval('BATCH_JOB_INSTANCE_SEQ'), outbox_run.run from outbox_run,"
                      + " x.outbox_run where outbox_run_key = outbox_runs"
                  : "select nextval('\"It''s \"\"so\"\"\".BATCH_JOB_INSTANCE_SEQ'),"
                      + " \"It's \"\"so\"\"\".outbox_run.run from \"It's \"\"so\"\"\".outbox_run,"
                      + " x.outbox_run where outbox_run_key = outbox_runs");
    }
  }

  @Test
  void refusesWhatCantBeMeant() throws SQLException {
    try (Connection connection = vendor.fresh(folder).connectPlainly()) {
      for (String name : new String[] {" ", "pg_mine", "information_schema", "x".repeat(64)}) {
        assertThatThrownBy(() -> Schema.of(name, connection))
            .isInstanceOfSatisfying(
                UnusableDatabaseException.class,
                e -> assertThat(e.property()).isEqualTo("stretto.schema"));
      }
    }
  }

  /** The test's server has a zone that no JVM has. */
  @Test
  void anApplicationWhoseTimesMariaDbWouldChangeIsTold() {
    if (vendor != Database.MARIADB) {
      return;
    }
    FreshDatabase database = vendor.fresh(folder);
    assertThatThrownBy(() -> application(database.url(), database.user(), database.password()))
        .isInstanceOf(UnusableDatabaseException.class)
        .hasMessageContaining("other times")
        .hasMessageContaining(SAME_INSTANTS);
  }

  @Test
  void anApplicationThatMayNotMakeItsDatabaseIsToldWhatToRun() throws SQLException {
    if (vendor != Database.MARIADB) {
      return;
    }
    FreshDatabase database = vendor.fresh(folder);
    try (Connection connection = database.connectPlainly();
        Statement statement = connection.createStatement()) {
      statement.execute("drop database if exists stretto");
      statement.execute("create user 'shop'@'%' identified by 'shop'");
      statement.execute("grant all on " + connection.getCatalog() + ".* to 'shop'@'%'");
      String url = database.url() + "?" + SAME_INSTANTS;
      assertThatThrownBy(() -> application(url, "shop", "shop"))
          .isInstanceOf(UnusableDatabaseException.class)
          .hasMessageEndingWith(
              "create database `stretto`; grant all on `stretto`.* to `shop`@`%`;");

      statement.execute("create database `stretto`");
      statement.execute("grant all on `stretto`.* to `shop`@`%`");
      application(url, "shop", "shop");
      statement.execute("drop user 'shop'@'%'");
      statement.execute("drop database stretto");
    }
  }

  private static void application(String url, String user, String password) {
    new ApplicationDatabase(
            new DriverManagerDataSource(url, user, password), new StandardEnvironment())
        .migrate();
  }

  @Test
  void aTransactionsLimitsEndWithIt() throws SQLException {
    if (vendor != Database.POSTGRESQL) {
      return;
    }
    SessionLimits limits = new SessionLimits(Duration.ofSeconds(7), Duration.ofSeconds(3));
    SchemaDataSource connections =
        new SchemaDataSource(vendor.fresh(folder).dataSource(), null, limits.prelude());
    try (Connection connection = connections.getConnection()) {
      connection.setAutoCommit(false);
      assertThat(idleTimeout(connection)).isEqualTo("7s");
      connection.commit();
      assertThat(idleTimeout(connection)).as("the next one").isEqualTo("7s");
      connection.rollback();
      connection.setAutoCommit(true);
      assertThat(idleTimeout(connection)).as("outside").isEqualTo("0");
    }
  }

  private static String idleTimeout(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("show idle_in_transaction_session_timeout")) {
      row.next();
      return row.getString(1);
    }
  }
}
