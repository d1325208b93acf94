package dev.stretto.database;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.util.Optional;
import org.h2.tools.Server;

/**
 * Lets other commands of this machine's user into an H2 file that this JVM has open. Listens on
 * loopback, at any free port; port and a random key are in a file beside the database that only its
 * owner can read.
 */
final class H2Server implements AutoCloseable {

  private final Server server;
  private final Path announcement;

  private H2Server(Server server, Path announcement) {
    this.server = server;
    this.announcement = announcement;
  }

  /**
   * To be called before anything of H2 is loaded, which reads this once; a user's own choice stays.
   */
  static void keepOnLoopback() {
    if (System.getProperty("h2.bindAddress") == null) {
      System.setProperty("h2.bindAddress", "127.0.0.1");
    }
  }

  static H2Server start(Path file) throws SQLException {
    String key = new BigInteger(128, new SecureRandom()).toString(Character.MAX_RADIX);
    Server server =
        Server.createTcpServer("-tcpPort", "0", "-tcpDaemon", "-key", key, file.toString()).start();
    Path announcement = announcement(file);
    try {
      announce(announcement, "127.0.0.1:" + server.getPort() + "/" + key);
    } catch (IOException e) {
      server.stop();
      throw new SQLException("can't write " + announcement, e);
    }
    return new H2Server(server, announcement);
  }

  /** Where the file's server listens, or did before it was killed; empty where nobody said. */
  static Optional<String> address(Path file) {
    try {
      return Optional.of(Files.readString(announcement(file)).strip());
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** Lets nobody new in. */
  void hide() {
    try {
      Files.deleteIfExists(announcement);
    } catch (IOException e) {
      announcement.toFile().deleteOnExit();
    }
  }

  /** Sends everybody out. */
  @Override
  public void close() {
    hide();
    server.stop();
  }

  private static void announce(Path announcement, String address) throws IOException {
    Path draft =
        announcement.resolveSibling(
            announcement.getFileName() + "." + ProcessHandle.current().pid() + ".tmp");
    Files.deleteIfExists(draft);
    if (draft.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      Files.createFile(
          draft,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    } else {
      Files.createFile(draft);
    }
    Files.write(draft, address.getBytes(UTF_8));
    Files.move(draft, announcement, StandardCopyOption.ATOMIC_MOVE);
  }

  private static Path announcement(Path file) {
    return file.resolveSibling(file.getFileName() + ".server");
  }
}
