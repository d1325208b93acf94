package dev.stretto.benchmark;

import dev.stretto.benchmark.Contender.Stretto;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The built distribution, used as its users do: by its launcher, in a folder with a configuration.
 *
 * @param home where {@code bin} and {@code lib} are
 */
record Distribution(Path home) {

  /** Configures channels that send over HTTP, all of them side by side. */
  void configure(Path folder, Store store, String url, Load load, Stretto how) throws IOException {
    configure(
        folder,
        store,
        load.channels(),
        load.names().stream()
            .map(name -> channel(name, url, load, how))
            .collect(Collectors.joining()));
  }

  /**
   * Configures channels.
   *
   * @param atOnce how many may be busy side by side
   * @param channels the lines of the configuration about them
   */
  void configure(Path folder, Store store, int atOnce, String channels) throws IOException {
    Files.createDirectories(folder.resolve("config"));
    Files.writeString(
        folder.resolve("config/application.yaml"),
        store.yaml()
            + """
            stretto:
              max-channels: %d
              channels:
            """
                .formatted(atOnce)
            + channels);
  }

  private static String channel(String name, String url, Load load, Stretto how) {
    return """
        %s:
          transport: http
          ordering: %s
          window: %d
          http: { url: "%s", version: "%s" }
    """
        .formatted(name, how.ordering(), load.window(), url, load.version());
  }

  /** Makes the tables, as any command does. */
  void migrate(Path folder) throws IOException, InterruptedException, FailedException {
    run(folder, "", "status").succeeded();
  }

  /**
   * Runs a command to its end.
   *
   * @param javaOptions for its JVM, separated by spaces
   */
  Program.Taken run(Path folder, String javaOptions, String... arguments)
      throws IOException, InterruptedException, FailedException {
    List<String> command = new ArrayList<>(List.of(home.resolve("bin/stretto").toString()));
    Collections.addAll(command, arguments);
    return Program.run(
        command,
        folder,
        Map.of("STRETTO_JAVA_HOME", Java.HOME.toString(), "JAVA_OPTS", javaOptions));
  }
}
