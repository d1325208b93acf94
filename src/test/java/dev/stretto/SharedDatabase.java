package dev.stretto;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.h2.tools.Server;

/** An H2 server in the tests' JVM, so that no command that is killed takes the database with it. */
final class SharedDatabase implements AutoCloseable {

  private final Server server;

  /**
   * @param folder a shell's, which finds the file in its place once this is closed
   */
  SharedDatabase(Path folder) throws Exception {
    Path data = Files.createDirectories(folder.resolve("data"));
    server =
        Server.createTcpServer(
                "-tcpPort", "0", "-tcpDaemon", "-ifNotExists", "-baseDir", data.toString())
            .start();
  }

  /** The option that has a command use it. */
  String option() {
    return "--spring.datasource.url=" + url();
  }

  private String url() {
    return "jdbc:h2:tcp://127.0.0.1:" + server.getPort() + "/stretto";
  }

  /** Whether any of its users has written what is not committed. */
  boolean hasOpenTransaction() throws SQLException {
    try (Connection connection = DriverManager.getConnection(url(), "sa", "");
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "select count(*) from information_schema.sessions where contains_uncommitted")) {
      row.next();
      return row.getInt(1) > 0;
    }
  }

  @Override
  public void close() {
    server.stop();
  }
}
