package dev.stretto.benchmark;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** How programs of the benchmark are started: on its own Java and class path. */
final class Java {

  static final Path HOME = Path.of(System.getProperty("java.home"));

  private Java() {}

  /** With the JVM's options that the launcher gives Stretto. */
  @SafeVarargs
  static List<String> command(Class<?> program, List<String>... arguments) {
    List<String> command = new ArrayList<>();
    command.add(HOME.resolve("bin/java").toString());
    command.addAll(
        List.of(
            "-XX:+UseSerialGC",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            program.getName()));
    for (List<String> some : arguments) {
      command.addAll(some);
    }
    return command;
  }
}
