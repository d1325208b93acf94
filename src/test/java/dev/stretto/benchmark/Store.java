package dev.stretto.benchmark;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * The database of one case.
 *
 * @param kind what it runs on
 * @param url for JDBC
 * @param user for JDBC; its password is empty
 */
record Store(Kind kind, String url, String user) {

  private static final int ROWS_PER_COMMIT = 100_000;

  /** What a database runs on, and how rows are made there. */
  enum Kind {
    /** A file, in the folder of the case. */
    H2("system_range"),
    /** A real server, the same for all cases. */
    POSTGRESQL("generate_series");

    private final String numbers;

    Kind(String numbers) {
      this.numbers = numbers;
    }

    private String insert() {
      return """
      insert into outbox_message (channel, payload, ordering_key)
      select 'space', '{"n":' || n || '}', case when ? > 0 then 'k' || mod(n, ?) end
        from %s(?, ?) as numbers(n)
      """
          .formatted(numbers);
    }
  }

  static Store h2(Path folder) {
    String file = folder.resolve("data/stretto").toString();
    return new Store(
        Kind.H2, "jdbc:h2:file:" + file + ";WRITE_DELAY=0;DB_CLOSE_ON_EXIT=FALSE", "sa");
  }

  /** On H2 only while no other program has it open. */
  Connection connect() throws SQLException {
    return DriverManager.getConnection(url, user, "");
  }

  /**
   * Appends rows as a producer would, and waits for the database to note their number.
   *
   * @param keys how many ordering keys take turns; 0 for none
   */
  void fill(long rows, int keys) throws SQLException {
    try (Connection connection = connect();
        PreparedStatement insert = connection.prepareStatement(kind.insert())) {
      for (long from = 1; from <= rows; from += ROWS_PER_COMMIT) {
        insert.setInt(1, keys);
        insert.setInt(2, Math.max(1, keys));
        insert.setLong(3, from);
        insert.setLong(4, Math.min(rows, from + ROWS_PER_COMMIT - 1));
        insert.executeUpdate();
      }
      try (Statement statement = connection.createStatement()) {
        statement.execute(kind == Kind.H2 ? "analyze" : "vacuum analyze");
      }
    }
  }

  /** The lines of the configuration that name it. */
  String yaml() {
    return "spring.datasource: { url: \"" + url + "\", username: \"" + user + "\" }\n";
  }
}
