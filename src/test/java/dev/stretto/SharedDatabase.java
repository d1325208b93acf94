package dev.stretto;

import java.nio.file.Files;
import java.nio.file.Path;
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
    return "--spring.datasource.url=jdbc:h2:tcp://127.0.0.1:" + server.getPort() + "/stretto";
  }

  @Override
  public void close() {
    server.stop();
  }
}
