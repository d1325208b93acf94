package dev.stretto.database;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;

/**
 * pgbouncer before the tests' PostgreSQL, handing its few sessions out by transaction. The program
 * is the system's, at the path that {@code stretto.pgbouncer} names.
 */
public final class PgBouncer implements AutoCloseable {

  /** Sessions of the server's, fewer than a dispatch has of the pooler's. */
  public static final int SESSIONS = 3;

  private final Process pooler;
  private final FreshDatabase database;

  /**
   * Starts it.
   *
   * @param ignored parameters of a session's start that it passes over; others it refuses
   */
  public PgBouncer(Path folder, FreshDatabase behind, String ignored) throws IOException {
    int port = FreePort.find();
    String[] server = behind.url().replaceFirst(".*//", "").split("[:/]");
    Path settings = folder.resolve("pgbouncer.ini");
    Files.writeString(
        settings,
        """
        [databases]
        * = host=%s port=%s user=%s password=%s
        [pgbouncer]
        listen_addr = 127.0.0.1
        listen_port = %d
        unix_socket_dir =
        auth_type = any
        pool_mode = transaction
        default_pool_size = %d
        ignore_startup_parameters = %s
        """
            .formatted(
                server[0], server[1], behind.user(), behind.password(), port, SESSIONS, ignored));
    List<String> command =
        new ArrayList<>(List.of(System.getProperty("stretto.pgbouncer"), settings.toString()));
    if (System.getProperty("user.name").equals("root")) {
      command.addAll(1, List.of("-u", "nobody"));
    }
    this.pooler =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("pgbouncer.log").toFile())
            .start();
    this.database =
        new FreshDatabase(
            Database.POSTGRESQL,
            "jdbc:postgresql://127.0.0.1:" + port + "/" + server[2],
            behind.user(),
            behind.password());
    Awaitility.await().until(this::answers);
  }

  private boolean answers() {
    if (!pooler.isAlive()) {
      throw new IllegalStateException("pgbouncer ended");
    }
    try (Connection connection = database.connectPlainly()) {
      return connection.isValid(1);
    } catch (SQLException e) {
      return false;
    }
  }

  /** The database through the pooler. */
  public FreshDatabase database() {
    return database;
  }

  @Override
  public void close() {
    pooler.destroyForcibly().onExit().join();
  }
}
