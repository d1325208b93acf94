package dev.stretto.database;

import java.io.IOException;
import java.sql.SQLException;

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
}
