package dev.stretto.database;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.util.FileSystemUtils;

/** Whose database a test runs on, and what its SQL spells differently. */
public enum Database {
  /** A file of the test's own. */
  H2,
  /** A server that is started once for all tests of this JVM. */
  POSTGRESQL,
  /** The same; only in the Maven profile {@code mariadb}. */
  MARIADB;

  private static final AtomicInteger MADE = new AtomicInteger();

  /**
   * An empty database that no other test knows.
   *
   * @param folder for the file, where it is one
   */
  public FreshDatabase fresh(Path folder) {
    try {
      return make(folder, "stretto" + MADE.incrementAndGet());
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private FreshDatabase make(Path folder, String name) throws SQLException {
    return switch (this) {
      case H2 ->
          new FreshDatabase(
              this,
              "jdbc:h2:file:" + folder.resolve(name) + ";WRITE_DELAY=0;DB_CLOSE_ON_EXIT=FALSE",
              "sa",
              "");
      case POSTGRESQL -> PostgresServer.shared().fresh(name);
      case MARIADB -> MariaDbServer.shared().fresh(name);
    };
  }

  /**
   * A database that has Stretto's tables, and that no other test knows. A copy of one that is
   * migrated once for all tests of this JVM, where the vendor can copy one: that takes a fraction
   * of the time of the migration, and a command finds nothing to migrate.
   *
   * @param folder for the file, where it is one
   */
  public FreshDatabase migrated(Path folder) {
    try {
      return switch (this) {
        case H2 -> {
          String name = "stretto" + MADE.incrementAndGet();
          Files.createDirectories(folder);
          Files.write(folder.resolve(name + ".mv.db"), MigratedFile.CONTENT);
          yield make(folder, name);
        }
        case POSTGRESQL -> PostgresServer.shared().migrated("stretto" + MADE.incrementAndGet());
        case MARIADB -> fresh(folder).migrated();
      };
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What an H2 file holds once it was migrated and closed. */
  private static final class MigratedFile {

    static final byte[] CONTENT = content();

    private static byte[] content() {
      try {
        Path folder = Files.createTempDirectory("stretto-h2");
        try {
          H2.make(folder, "migrated").migrated();
          return Files.readAllBytes(folder.resolve("migrated.mv.db"));
        } finally {
          FileSystemUtils.deleteRecursively(folder);
        }
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /**
   * A server of the test's own, to be killed and started again.
   *
   * @param folder where it keeps everything
   */
  public DatabaseServer startServer(Path folder) throws IOException {
    return switch (this) {
      case H2 -> throw new IllegalArgumentException("H2 has no server");
      case POSTGRESQL -> new PostgresServer(folder.resolve("postgresql"));
      case MARIADB -> new MariaDbServer(folder.resolve("mariadb"));
    };
  }

  /** A table of the numbers from 1, in a column {@code n}. */
  public String numbers(long count) {
    return switch (this) {
      case H2 -> "(select x as n from system_range(1, " + count + ")) numbers";
      case POSTGRESQL -> "generate_series(1, " + count + ") as numbers (n)";
      case MARIADB -> "(select seq as n from seq_1_to_" + count + ") numbers";
    };
  }

  /** Counts the transactions that others have open. */
  public String openTransactions() {
    return switch (this) {
      case H2 -> "select count(*) from information_schema.sessions where contains_uncommitted";
      case POSTGRESQL ->
          "select count(*) from pg_stat_activity where datname = current_database()"
              + " and xact_start is not null and pid <> pg_backend_pid()"
              + " and backend_type = 'client backend'";
      case MARIADB -> "select count(*) from information_schema.innodb_trx";
    };
  }

  /** A time that many milliseconds after 2026 began, UTC. */
  public String in2026(String milliseconds) {
    return switch (this) {
      case H2 ->
          "timestampadd(millisecond, "
              + milliseconds
              + ", timestamp with time zone '2026-01-01 00:00:00Z')";
      case POSTGRESQL ->
          "timestamptz '2026-01-01 00:00:00Z' + (" + milliseconds + ") * interval '1 millisecond'";
      case MARIADB ->
          "timestampadd(microsecond, 1000 * ("
              + milliseconds
              + "), timestamp '2026-01-01 00:00:00')";
    };
  }

  /** Has the session wait for locks for a millisecond, or not at all. */
  public String lockTimeoutOfAnInstant() {
    return switch (this) {
      case H2 -> "set lock_timeout 1";
      case POSTGRESQL -> "set lock_timeout = 1";
      case MARIADB -> "set innodb_lock_wait_timeout = 0";
    };
  }

  /** Asks for what {@link #endSession} needs. */
  public String session() {
    return switch (this) {
      case H2 -> "select session_id()";
      case POSTGRESQL -> "select pg_backend_pid()";
      case MARIADB -> "select connection_id()";
    };
  }

  /** Ends the session of another, as an administrator would. */
  public String endSession(String session) {
    return switch (this) {
      case H2 -> "select abort_session(" + session + ")";
      case POSTGRESQL -> "select pg_terminate_backend(" + session + ", 10000)";
      case MARIADB -> "kill " + session;
    };
  }
}
