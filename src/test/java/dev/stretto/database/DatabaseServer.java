package dev.stretto.database;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import org.springframework.util.FileSystemUtils;

/** A real server on loopback. What was committed survives {@link #kill}, though not a power cut. */
public interface DatabaseServer extends AutoCloseable {

  /** An empty database. */
  FreshDatabase fresh(String name) throws SQLException;

  /** As kill -9, of every process of the server; returns once they are gone. */
  void kill() throws IOException;

  /** Starts again on the same port, with what was committed. */
  void restart() throws IOException;

  /** Returns once its processes are gone. */
  @Override
  void close() throws IOException;

  /** Has a server end with this JVM, and what it kept be removed, which is gigabytes. */
  static void endWithJvm(DatabaseServer server, Path folder) {
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(() -> {
              try {
                server.close();
                FileSystemUtils.deleteRecursively(folder);
              } catch (IOException e) {
                System.err.println("Left behind: " + folder + ": " + e);
              }
            }));
  }
}
