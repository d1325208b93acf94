package dev.stretto.producers;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.stretto.database.Database;
import dev.stretto.database.FreshDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * The documents' examples in Python, on PostgreSQL. Run by the Maven profile {@code python} only,
 * for they need the package psycopg; without it they fail.
 */
@Tag("python")
class PythonProducersTest {

  /** Has the database's URL as {@code url}. */
  private static final String USE =
      """

      import sys
      url = sys.argv[1]
      """;

  @TempDir Path folder;
  private Guide guide;
  private FreshDatabase database;
  private JdbcTemplate jdbc;

  @BeforeEach
  void createTables() throws Exception {
    guide = new Guide();
    database = Database.POSTGRESQL.migrated(folder);
    jdbc = new JdbcTemplate(database.dataSource());
    jdbc.execute(
        "create table orders (id bigint primary key, customer varchar(20), total decimal(9, 2))");
  }

  @Test
  void storesTheOrderAndItsMessageTogether() throws Exception {
    run(
        "def place",
        """
        place(url, 7, "c-12", 99.90)
        try:
            place(url, 8, "c-12", 1)
            place(url, 7, "c-12", 1)
        except psycopg.errors.UniqueViolation:
            pass
        connection = psycopg.connect(url)
        connection.execute("delete from orders")
        connection.commit()
        try:
            place(url, 8, "c-12", 1)
        except psycopg.errors.UniqueViolation as taken:
            print(taken.diag.constraint_name)
        """);

    assertThat(jdbc.queryForList("select id from orders", Long.class))
        .as("one whose message was refused")
        .isEmpty();
    assertThat(
            jdbc.queryForList(
                "select concat(channel, ' ', message_id, ' ', ordering_key, ' ', payload)"
                    + " from outbox_message order by id",
                String.class))
        .containsExactly("space order-7 c-12 {\"order\": 7}", "space order-8 c-12 {\"order\": 8}");
  }

  @Test
  void copiesManyInTheirOrder() throws Exception {
    run("def announce", "announce(url, [str(n) for n in range(1, 5001)])\n");

    assertThat(jdbc.queryForList("select payload from outbox_message order by id", String.class))
        .isEqualTo(IntStream.rangeClosed(1, 5000).mapToObj(String::valueOf).toList());
  }

  private void run(String example, String use) throws IOException, InterruptedException {
    Path program = folder.resolve("example.py");
    Path output = folder.resolve("output");
    Files.writeString(program, guide.example("python", example) + USE + use, UTF_8);
    String url =
        database.url().substring("jdbc:".length())
            + "?user=%s&password=%s".formatted(database.user(), database.password());
    Process python =
        new ProcessBuilder(List.of(System.getProperty("stretto.python"), program.toString(), url))
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    assertThat(python.waitFor()).as(Files.readString(output, UTF_8)).isZero();
  }
}
