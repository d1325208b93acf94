package dev.stretto.database;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A database that this JVM may use until it closes this. Servers need nothing of it; an H2 file
 * does, since one JVM only has it open: a command that serves lets the others in, and those that
 * don't wait for each other. So no command's end cuts off a longer one.
 */
public final class OpenDatabase implements AutoCloseable {

  private static final int H2_ALREADY_OPEN = 90020;
  private static final int H2_CONNECTION_BROKEN = 90067;
  private static final int H2_CLOSED_AT_EXIT = 90121;
  private static final int H2_CLOSED = 90098;
  private static final Logger LOG = LoggerFactory.getLogger(OpenDatabase.class);
  private static final Duration STEP = Duration.ofMillis(50);

  /** How long guests may take to end once their server has to. */
  private static final Duration FAREWELL = Duration.ofSeconds(10);

  private final String url;
  private volatile boolean hurried;
  private final @Nullable Connection connection;
  private final @Nullable Path own;
  private @Nullable H2Server server;

  /**
   * @param own the H2 file, where it is this JVM that has it open
   */
  private OpenDatabase(String url, @Nullable Connection connection, @Nullable Path own) {
    this.url = url;
    this.connection = connection;
    this.own = own;
  }

  /**
   * How to open a database.
   *
   * @param user for H2; empty where the URL says it
   * @param password for H2; empty for none, or where the URL says it
   * @param patience how long to wait for another command to let go of an H2 file, 0 or more
   */
  public record Request(String url, String user, String password, Duration patience) {}

  /**
   * Opens an H2 file, or finds the JVM that has it open; leaves other databases to their driver.
   *
   * @throws SQLException where it can't be opened; H2's error 90020 where another program still has
   *     it
   */
  public static OpenDatabase open(Request request) throws SQLException {
    H2Server.keepOnLoopback();
    Optional<H2Url> h2 = H2Url.of(request.url()).map(H2Url::completed);
    if (h2.isEmpty()) {
      String url = request.url();
      return new OpenDatabase(
          ServerUrl.of(url).map(server -> server.completed().toString()).orElse(url), null, null);
    }
    Optional<Path> file = h2.get().file();
    if (file.isEmpty()) {
      return new OpenDatabase(h2.get().toString(), null, null);
    }
    return new Opening(request, h2.get(), file.get()).open();
  }

  /** Whether the URL is of a database that forgets everything once the command ends. */
  public static boolean forgets(String url) {
    return H2Url.of(url).map(H2Url::inMemory).orElse(false);
  }

  /** Whether the JVM that had an H2 file open let go of it while this one was using it. */
  public static boolean isLost(SQLException failure) {
    return switch (failure.getErrorCode()) {
      case H2_CONNECTION_BROKEN, H2_CLOSED_AT_EXIT, H2_CLOSED -> true;
      default -> false;
    };
  }

  /**
   * Lets other commands use the H2 file at the same time, from now on; does nothing where this JVM
   * has no H2 file open itself. Whoever serves has to wait for the others' end, or cuts them off.
   */
  public void serve() throws SQLException {
    if (own != null && server == null) {
      server = H2Server.start(own);
    }
  }

  /** The URL by which this JVM reaches the database. */
  public String url() {
    return url;
  }

  /** From now on, {@link #close} waits for guests for 10 seconds at the most. */
  public void hurry() {
    hurried = true;
  }

  /**
   * Waits for guests to end, which may be long dispatches, and goes on letting others in meanwhile;
   * from then on, nobody is let in.
   */
  public void awaitGuests() throws SQLException {
    if (connection == null || server == null) {
      return;
    }
    if (guests(connection) > 0) {
      LOG.info("other commands use the database through this one, which waits for their end");
    }
    while (!hurried && guests(connection) > 0) {
      LockSupport.parkNanos(STEP.toNanos());
    }
    server.hide();
    long end = System.nanoTime() + FAREWELL.toNanos();
    while (guests(connection) > 0 && System.nanoTime() - end < 0) {
      LockSupport.parkNanos(STEP.toNanos());
    }
    server.close();
    server = null;
  }

  /** Closes the database, once {@link #awaitGuests} has returned. */
  @Override
  public void close() throws SQLException {
    if (connection != null) {
      try (connection) {
        awaitGuests();
      }
    }
  }

  private static int guests(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "select count(*) from information_schema.sessions where server is not null")) {
      row.next();
      return row.getInt(1);
    }
  }

  /** The attempts until the file is open, someone's server lets us in, or patience ends. */
  private record Opening(Request request, H2Url url, Path file) {

    OpenDatabase open() throws SQLException {
      long end = System.nanoTime() + request.patience().toNanos();
      while (true) {
        try {
          return owner();
        } catch (SQLException e) {
          if (e.getErrorCode() != H2_ALREADY_OPEN) {
            throw e;
          }
          OpenDatabase guest = guest();
          if (guest != null) {
            return guest;
          }
          if (System.nanoTime() - end >= 0) {
            throw e;
          }
        }
        LockSupport.parkNanos(STEP.toNanos());
      }
    }

    private OpenDatabase owner() throws SQLException {
      return new OpenDatabase(url.toString(), connect(url), file);
    }

    private @Nullable OpenDatabase guest() throws SQLException {
      Optional<String> address = H2Server.address(file);
      if (address.isEmpty()) {
        return null;
      }
      H2Url through = url.through(address.get());
      try {
        return new OpenDatabase(through.toString(), connect(through), null);
      } catch (SQLException e) {
        if (e.getErrorCode() == H2_CONNECTION_BROKEN) {
          return null;
        }
        throw e;
      }
    }

    private Connection connect(H2Url target) throws SQLException {
      Properties properties = new Properties();
      if (!request.user().isEmpty()) {
        properties.setProperty("user", request.user());
      }
      if (!request.password().isEmpty()) {
        properties.setProperty("password", request.password());
      }
      return DriverManager.getConnection(target.toString(), properties);
    }
  }
}
