package dev.stretto.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stretto.cli.CommandLineRun.Result;
import dev.stretto.database.Database;
import dev.stretto.database.FreshDatabase;
import dev.stretto.database.OnEachDatabase;
import dev.stretto.receiver.Receiver;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.flywaydb.core.Flyway;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.springframework.core.io.ClassPathResource;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.jdbc.datasource.init.ResourceDatabasePopulator;

/**
 * Law 13: a database that belongs to an application, with a migration history, Spring Batch tables
 * and even a table {@code outbox_message} of its own, all where a session finds them first.
 */
@OnEachDatabase
class GuestTest {

  @Parameter Database vendor;
  @TempDir Path folder;
  private FreshDatabase database;

  @BeforeEach
  void anApplicationIsThere() throws Exception {
    database = vendor.fresh(folder);
    Path migrations = Files.createDirectory(folder.resolve("migrations"));
    for (int version = 1; version <= 9; version++) {
      Files.writeString(
          migrations.resolve("V" + version + "__step.sql"),
          "create table step_" + version + " (id integer);");
    }
    Files.writeString(
        migrations.resolve("V10__outbox.sql"),
        "create table outbox_message (id integer, payload varchar(20));"
            + " insert into outbox_message values (1, 'theirs');");
    Flyway.configure()
        .dataSource(database.url(), database.user(), database.password())
        .locations("filesystem:" + migrations)
        .load()
        .migrate();
    new ResourceDatabasePopulator(
            new ClassPathResource(
                "org/springframework/batch/core/schema-%s.sql"
                    .formatted(vendor.name().toLowerCase(Locale.ROOT))))
        .execute(new DriverManagerDataSource(database.url(), database.user(), database.password()));
  }

  @Test
  void whatIsTheApplicationsStaysAsItIs() throws Exception {
    CommandLineRun stretto = new CommandLineRun(database);
    Map<String, List<String>> before = tables();
    if (vendor == Database.MARIADB) {
      Result refused = stretto.run("status");

      assertThat(refused.code()).isEqualTo(1);
      assertThat(refused.err())
          .contains("has tables that are not Stretto's: give it a database of its own")
          .hasLineCount(1);
      assertThat(tables()).isEqualTo(before);
      return;
    }
    try (Receiver receiver = new Receiver(Receiver.Options.delayed(position -> Duration.ZERO))) {
      stretto.with(
          "--stretto.channels.space.http.url=" + "http://127.0.0.1:" + receiver.port() + "/");

      Result appended =
          stretto.run(CommandLineRun.lines("1", "2", "3"), "append", "--channel=space");
      assertThat(appended.code()).as(appended.err()).isZero();
      Result dispatched = stretto.run("dispatch", "--channel=space");
      assertThat(dispatched.code()).as(dispatched.out() + dispatched.err()).isZero();
      assertThat(receiver.totals().distinct()).isEqualTo(3);
      for (List<String> command :
          List.of(
              List.of("status"),
              List.of("runs"),
              List.of("verify"),
              List.of("parked", "list"),
              List.of("purge", "--older-than=1h"),
              List.of("dispatch"))) {
        Result result = stretto.run(command.toArray(String[]::new));
        assertThat(result.code()).as(command + result.err()).isZero();
      }
    }

    assertThat(tables()).isEqualTo(before);
    assertThat(database.connect())
        .satisfies(connection -> {
          try (connection;
              Statement statement = connection.createStatement();
              ResultSet row = statement.executeQuery("select count(*) from outbox_message")) {
            row.next();
            assertThat(row.getInt(1)).isEqualTo(3);
          }
        });
  }

  /**
   * All rows of all the application's tables, wherever the user's own name leads a session by now.
   */
  private Map<String, List<String>> tables() throws SQLException {
    Map<String, List<String>> tables = new TreeMap<>();
    try (Connection connection = database.connectPlainly();
        ResultSet found =
            connection
                .getMetaData()
                .getTables(
                    connection.getCatalog(), theirs(), "%", new String[] {"TABLE", "BASE TABLE"})) {
      while (found.next()) {
        tables.put(found.getString("TABLE_NAME"), rows(connection, found.getString("TABLE_NAME")));
      }
    }
    assertThat(tables).hasSizeGreaterThan(15);
    return tables;
  }

  private @Nullable String theirs() {
    return switch (vendor) {
      case H2 -> "PUBLIC";
      case POSTGRESQL -> "public";
      case MARIADB -> null;
    };
  }

  private List<String> rows(Connection connection, String table) throws SQLException {
    String quote = connection.getMetaData().getIdentifierQuoteString();
    String schema = theirs() == null ? "" : theirs() + ".";
    List<String> rows = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("select * from " + schema + quote + table + quote)) {
      while (row.next()) {
        StringBuilder line = new StringBuilder();
        for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
          line.append(row.getString(i)).append('|');
        }
        rows.add(line.toString());
      }
    }
    return rows;
  }
}
