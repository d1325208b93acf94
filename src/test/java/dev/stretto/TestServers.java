package dev.stretto;

import java.nio.file.Path;
import org.springframework.util.FileSystemUtils;

/** Servers that all tests of a JVM share. */
public final class TestServers {

  private TestServers() {}

  /** Has a server end with this JVM, and what it kept be removed, which is gigabytes. */
  public static void endWithJvm(AutoCloseable server, Path folder) {
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(() -> {
              try {
                server.close();
                FileSystemUtils.deleteRecursively(folder);
              } catch (Exception e) {
                System.err.println("Left behind: " + folder + ": " + e);
              }
            }));
  }
}
