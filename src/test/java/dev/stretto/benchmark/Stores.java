package dev.stretto.benchmark;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/** Makes an empty database for each case; a server is started when the first case needs it. */
final class Stores implements AutoCloseable {

  private @Nullable EmbeddedPostgres server;
  private int made;

  Store make(Store.Kind kind, Path folder) throws IOException, SQLException {
    return switch (kind) {
      case H2 -> Store.h2(folder);
      case POSTGRESQL -> postgresql();
    };
  }

  private Store postgresql() throws IOException, SQLException {
    EmbeddedPostgres running = server;
    if (running == null) {
      running = EmbeddedPostgres.builder().start();
      server = running;
    }
    String name = "outbox" + ++made;
    try (Connection connection = running.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      if (made > 1) {
        statement.execute("drop database outbox" + (made - 1) + " with (force)");
      }
      statement.execute("create database " + name);
    }
    return new Store(Store.Kind.POSTGRESQL, running.getJdbcUrl("postgres", name), "postgres");
  }

  @Override
  public void close() throws IOException {
    if (server != null) {
      server.close();
    }
  }
}
