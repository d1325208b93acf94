package dev.stretto.benchmark;

import dev.stretto.database.Database;
import dev.stretto.database.FreshDatabase;
import java.nio.file.Path;
import java.sql.Connection;
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

  /** What a database runs on. */
  enum Kind {
    /** A file, in the folder of the case. */
    H2(Database.H2),
    /** A real server, the same for all cases. */
    POSTGRESQL(Database.POSTGRESQL),
    /** The same; needs the Maven profile {@code mariadb} as well. */
    MARIADB(Database.MARIADB);

    private final Database spelling;

    Kind(Database spelling) {
      this.spelling = spelling;
    }

    private String insert(long rows) {
      return """
      insert into outbox_message (channel, payload, ordering_key)
      select case when ? > 1 then concat('space', mod(n, ?)) else 'space' end, concat('{"n":', n + ?, '}'), case when ? > 0 then concat('k', mod(n, ?)) end
        from %s
      """
          .formatted(spelling.numbers(rows));
    }

    private String insertDelivered(long rows) {
      return """
      insert into outbox_message (channel, payload, position, status, queue, attempts, fence,
                                  start_fence, start_number, started_at, settled_at)
      select 'space', concat('{"n":', n + ?, '}'), n + ?, 'DELIVERED', 6, 1, 1, 1, n + ?,
             current_timestamp, current_timestamp
        from %s
      """
          .formatted(spelling.numbers(rows));
    }

    private String gatherStatistics() {
      return switch (this) {
        case H2 -> "analyze";
        case POSTGRESQL -> "vacuum analyze";
        case MARIADB -> "analyze table outbox_message";
      };
    }
  }

  static Store h2(Path folder) {
    String file = folder.resolve("data/stretto").toString();
    return new Store(
        Kind.H2, "jdbc:h2:file:" + file + ";WRITE_DELAY=0;DB_CLOSE_ON_EXIT=FALSE", "sa");
  }

  /** On H2 only while no other program has it open. */
  Connection connect() throws SQLException {
    return new FreshDatabase(kind.spelling, url, user, "").connect();
  }

  /**
   * Appends rows as a producer would, and waits for the database to note their number.
   *
   * @param keys how many ordering keys take turns; 0 for none
   * @param channels how many channels take turns
   * @param size of a payload in bytes; 0 for some ten
   */
  void fill(long rows, int keys, int channels, int size) throws SQLException {
    try (Connection connection = connect()) {
      if (size > 0) {
        insertLarge(connection, rows, size);
      } else {
        for (long done = 0; done < rows; done += ROWS_PER_COMMIT) {
          insert(connection, done, Math.min(ROWS_PER_COMMIT, rows - done), keys, channels);
        }
      }
      try (Statement statement = connection.createStatement()) {
        statement.execute(kind.gatherStatistics());
      }
    }
  }

  /** Has rows as they are once their messages were delivered. */
  void fillDelivered(long rows) throws SQLException {
    try (Connection connection = connect()) {
      for (long done = 0; done < rows; done += ROWS_PER_COMMIT) {
        long some = Math.min(ROWS_PER_COMMIT, rows - done);
        try (PreparedStatement insert = connection.prepareStatement(kind.insertDelivered(some))) {
          insert.setLong(1, done);
          insert.setLong(2, done);
          insert.setLong(3, done);
          insert.executeUpdate();
        }
      }
      try (Statement statement = connection.createStatement()) {
        statement.execute(kind.gatherStatistics());
      }
    }
  }

  private static void insertLarge(Connection connection, long rows, int size) throws SQLException {
    String payload = Load.payload(size);
    try (PreparedStatement insert =
        connection.prepareStatement(
            "insert into outbox_message (channel, payload) values ('space', ?)")) {
      for (long row = 0; row < rows; row++) {
        insert.setString(1, payload);
        insert.executeUpdate();
      }
    }
  }

  private void insert(Connection connection, long done, long rows, int keys, int channels)
      throws SQLException {
    try (PreparedStatement insert = connection.prepareStatement(kind.insert(rows))) {
      insert.setInt(1, channels);
      insert.setInt(2, channels);
      insert.setLong(3, done);
      insert.setInt(4, keys);
      insert.setInt(5, Math.max(1, keys));
      insert.executeUpdate();
    }
  }

  /** The lines of the configuration that name it. */
  String yaml() {
    return "spring.datasource: { url: \"" + url + "\", username: \"" + user + "\" }\n";
  }
}
