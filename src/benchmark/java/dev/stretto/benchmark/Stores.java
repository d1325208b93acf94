package dev.stretto.benchmark;

import dev.stretto.database.Database;
import dev.stretto.database.DatabaseServer;
import dev.stretto.database.FreshDatabase;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/**
 * Makes an empty database for each case; a server is started when the first case needs it, and has
 * each commit on disk before it says so.
 */
final class Stores implements AutoCloseable {

  private @Nullable EmbeddedPostgres server;
  private @Nullable DatabaseServer mariadb;
  private int made;

  Store make(Store.Kind kind, Path folder) throws IOException, SQLException {
    return switch (kind) {
      case H2 -> Store.h2(folder);
      case POSTGRESQL -> postgresql();
      case MARIADB -> mariadb();
    };
  }

  private Store postgresql() throws IOException, SQLException {
    EmbeddedPostgres running = server;
    if (running == null) {
      running =
          EmbeddedPostgres.builder()
              .setServerConfig("fsync", "on")
              .setServerConfig("full_page_writes", "on")
              .setServerConfig("synchronous_commit", "on")
              .start();
      server = running;
    }
    String name = "outbox" + ++made;
    try (Connection connection = running.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      if (made > 1) {
        statement.execute("drop database if exists outbox" + (made - 1) + " with (force)");
      }
      statement.execute("create database " + name);
    }
    return new Store(Store.Kind.POSTGRESQL, running.getJdbcUrl("postgres", name), "postgres");
  }

  private Store mariadb() throws IOException, SQLException {
    DatabaseServer running = mariadb;
    if (running == null) {
      running = Database.MARIADB.startServer(Files.createTempDirectory("stretto-mariadb"));
      mariadb = running;
    }
    FreshDatabase fresh = running.fresh("outbox" + ++made);
    try (Connection connection = fresh.connect();
        Statement statement = connection.createStatement()) {
      // each commit is on disk, as it is by default
      statement.execute("set global innodb_flush_log_at_trx_commit = 1");
      statement.execute("create user if not exists outbox");
      statement.execute("grant all on *.* to outbox");
      if (made > 1) {
        statement.execute("drop database if exists outbox" + (made - 1));
      }
    }
    return new Store(Store.Kind.MARIADB, fresh.url(), "outbox");
  }

  @Override
  public void close() throws IOException {
    if (server != null) {
      server.close();
    }
    if (mariadb != null) {
      mariadb.close();
    }
  }
}
