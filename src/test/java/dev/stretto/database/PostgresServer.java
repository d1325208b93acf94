package dev.stretto.database;

import dev.stretto.TestServers;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** PostgreSQL, from binaries on the class path. */
final class PostgresServer implements DatabaseServer {

  private static final String USER = "stretto";

  private static @Nullable PostgresServer shared;

  private final Path folder;
  private EmbeddedPostgres server;
  private @Nullable String template;

  PostgresServer(Path folder) throws IOException {
    this.folder = folder;
    this.server = start(folder, 0);
    askForPassword();
  }

  /** Of {@link #USER} only: what starts the server comes in without. */
  private void askForPassword() throws IOException {
    Path access = folder.resolve("pg_hba.conf");
    Files.writeString(
        access, "host all %s all scram-sha-256%n".formatted(USER) + Files.readString(access));
    try (Connection connection = server.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("create role %s superuser login password '%s'".formatted(USER, USER));
      statement.execute("select pg_reload_conf()");
    } catch (SQLException e) {
      throw new IOException(e);
    }
  }

  /** The one for all tests of this JVM, which ends with it. */
  static synchronized PostgresServer shared() {
    PostgresServer running = shared;
    if (running == null) {
      try {
        Path folder = Files.createTempDirectory("stretto-postgresql");
        running = new PostgresServer(folder);
        TestServers.endWithJvm(running, folder);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      shared = running;
    }
    return running;
  }

  private static EmbeddedPostgres start(Path folder, int port) throws IOException {
    EmbeddedPostgres.Builder builder =
        EmbeddedPostgres.builder()
            .setDataDirectory(folder)
            .setCleanDataDirectory(false)
            .setServerConfig("synchronous_commit", "on")
            .setServerConfig("fsync", "off")
            // of 4,096 a connection, an eighth of the tests' time
            .setServerConfig("scram_iterations", "1")
            // far from that of any JVM, so that mixed up zones are noticed
            .setServerConfig("timezone", "Asia/Kathmandu");
    if (port != 0) {
      builder.setPort(port);
    }
    return builder.start();
  }

  @Override
  public FreshDatabase fresh(String name) throws SQLException {
    return create(name, "");
  }

  /** A copy of one that was migrated once. */
  synchronized FreshDatabase migrated(String name) throws SQLException {
    String copied = template;
    if (copied == null) {
      copied = "migrated";
      fresh(copied).migrated();
      template = copied;
    }
    return create(name, " template " + copied);
  }

  private FreshDatabase create(String name, String how) throws SQLException {
    try (Connection connection = server.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("create database " + name + how);
    }
    return new FreshDatabase(
        Database.POSTGRESQL,
        "jdbc:postgresql://127.0.0.1:" + server.getPort() + "/" + name,
        USER,
        USER);
  }

  @Override
  public void kill() throws IOException {
    ProcessHandle postmaster = postmaster().orElseThrow();
    List<ProcessHandle> all =
        Stream.concat(Stream.of(postmaster), postmaster.descendants()).toList();
    all.forEach(ProcessHandle::destroyForcibly);
    all.forEach(one -> one.onExit().join());
  }

  @Override
  public void restart() throws IOException {
    int port = server.getPort();
    server.close();
    server = start(folder, port);
  }

  @Override
  public void close() throws IOException {
    Optional<ProcessHandle> postmaster = postmaster();
    server.close();
    postmaster.ifPresent(one -> one.onExit().join());
  }

  private Optional<ProcessHandle> postmaster() throws IOException {
    Path file = folder.resolve("postmaster.pid");
    return Files.exists(file)
        ? ProcessHandle.of(Long.parseLong(Files.readAllLines(file).getFirst()))
        : Optional.empty();
  }
}
