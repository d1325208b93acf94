package dev.stretto.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.stretto.cli.CommandLineRun.Result;
import dev.stretto.database.Database;
import dev.stretto.database.FreshDatabase;
import dev.stretto.receiver.Receiver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/**
 * Users who may do no more than they must, on PostgreSQL; what a command, or a document, says is to
 * be run is what is run here.
 */
@Tag("database")
class SchemaRightsTest {

  /** Of a character that SQL and JDBC take notice of each. */
  private static final String OWNER = "Eig\"en er";

  private static final String RUNNER = "läufer's";
  private static final String PRODUCER = "shop%20";
  private static final String PASSWORD = "p&a?s=s ü\"'";
  private static final String SCHEMA = "Größe \"x\" ' Y";

  @TempDir Path folder;
  private FreshDatabase admin;
  private JdbcTemplate jdbc;

  @BeforeEach
  void makeUsers() {
    admin = Database.POSTGRESQL.fresh(folder);
    jdbc =
        new JdbcTemplate(new DriverManagerDataSource(admin.url(), admin.user(), admin.password()));
    for (String user : List.of(OWNER, RUNNER, PRODUCER)) {
      jdbc.execute(
          "create role %s login password '%s'"
              .formatted(quoted(user), PASSWORD.replace("'", "''")));
    }
    jdbc.execute("revoke create on schema public from public");
  }

  /** Users are the server's, which others use too. */
  @AfterEach
  void dropUsers() {
    for (String user : List.of(OWNER, RUNNER, PRODUCER)) {
      jdbc.execute("drop owned by " + quoted(user) + " cascade");
      jdbc.execute("drop role " + quoted(user));
    }
  }

  @Test
  void eachNeedsNoMoreThanTheLineSays() throws SQLException {
    Result missing = as(OWNER).run("status");
    assertThat(missing.code()).isEqualTo(1);
    assertThat(missing.err()).contains("has no schema " + SCHEMA).hasLineCount(1);
    String create = between(missing.err(), "who may runs: ", " and, once Stretto has made");
    String produce = between(missing.err(), "for each producer: ", "\n");

    jdbc.execute(create);
    Result made = as(OWNER).run("status");
    assertThat(made.code()).as(made.err()).isZero();

    Result refused = as(RUNNER).run("status");
    assertThat(refused.code()).isEqualTo(1);
    assertThat(refused.err()).contains("may not do that").hasLineCount(1);
    for (String grant : between(refused.err(), "the owner then runs: ", "\n").split(";")) {
      jdbc.execute(grant);
    }
    for (String grant : produce.split(";")) {
      jdbc.execute(grant.replace("PRODUCER", quoted(PRODUCER)));
    }
    produce();
    runsEverything(as(RUNNER));
  }

  @Test
  void theDocumentedStatementsAreEnough() throws IOException {
    String documented =
        Files.readString(Path.of("src/docs/operations.md"), UTF_8)
            .replace("stretto_owner", quoted(OWNER))
            .replace("stretto_runner", quoted(RUNNER));

    jdbc.execute("create" + between(documented, "```sql\ncreate", ";"));
    Result made = as(OWNER, "stretto").run("status");
    assertThat(made.code()).as(made.err()).isZero();
    for (String grant : ("grant" + between(documented, "```sql\ngrant", "\n```")).split(";")) {
      jdbc.execute(grant);
    }

    jdbc.execute("insert into stretto.outbox_message (channel, payload) values ('space', '1')");
    runsEverything(as(RUNNER, "stretto"));
  }

  private void produce() throws SQLException {
    try (Connection shop = DriverManager.getConnection(admin.url(), PRODUCER, PASSWORD);
        Statement statement = shop.createStatement()) {
      statement.execute(
          "insert into %s.outbox_message (channel, payload) values ('space', '1')"
              .formatted(quoted(SCHEMA)));
    }
  }

  private static void runsEverything(CommandLineRun stretto) {
    try (Receiver receiver = new Receiver(Receiver.Options.delayed(position -> Duration.ZERO))) {
      stretto.with(
          "--stretto.channels.space.http.url=" + "http://127.0.0.1:" + receiver.port() + "/");
      for (List<String> command :
          List.of(
              List.of("append", "--channel=space"),
              List.of("dispatch", "--channel=space"),
              List.of("status"),
              List.of("runs"),
              List.of("verify"),
              List.of("parked", "list"),
              List.of("purge", "--older-than=1s"),
              List.of("dispatch"))) {
        Result result = stretto.run(CommandLineRun.lines("2", "3"), command.toArray(String[]::new));
        assertThat(result.code()).as(command + result.err()).isZero();
      }
      assertThat(receiver.totals().distinct()).isEqualTo(3);
    }
  }

  private CommandLineRun as(String user) {
    return as(user, SCHEMA);
  }

  private CommandLineRun as(String user, String schema) {
    return new CommandLineRun(
            new FreshDatabase(
                Database.POSTGRESQL, admin.url() + "?currentSchema=public", user, PASSWORD))
        .with("--stretto.schema=" + schema);
  }

  private static String quoted(String name) {
    return "\"" + name.replace("\"", "\"\"") + "\"";
  }

  private static String between(String text, String begin, String end) {
    int from = text.indexOf(begin) + begin.length();
    return text.substring(from, text.indexOf(end, from));
  }
}
