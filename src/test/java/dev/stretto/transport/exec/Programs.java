package dev.stretto.transport.exec;

import dev.stretto.transport.MapSettings;
import dev.stretto.transport.Transport;
import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Small programs that the tests send through. */
final class Programs {

  /**
   * What scripts begin with: they say that they are ready, and have a function that answers a line
   * with the rest of an answer.
   */
  private static final String READY =
      """
      answer() {
        id=${1#*\\"id\\":\\"}
        printf '{"id":"%s",%s}\\n' "${id%%\\"*}" "$2"
      }
      echo '{"ready":true}'
      """;

  private Programs() {}

  /** The transport of a shell's script that has said that it is ready. */
  static Transport script(String script, String... settings) {
    return shell(READY + script, settings);
  }

  /** The transport of a shell's script. */
  static Transport shell(String script, String... settings) {
    return open(8, List.of("/bin/sh", "-c", script), settings);
  }

  /** The transport of a program in Java that is among the tests. */
  static Transport java(int window, Class<?> main, List<String> arguments, String... settings) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path").split(File.pathSeparator)[0],
                main.getName()));
    command.addAll(arguments);
    return open(window, command, settings);
  }

  /** Where a file of the distribution that users run lies. */
  static String delivered(String name) {
    return Path.of("src/main/distribution/exec", name).toAbsolutePath().toString();
  }

  /** The transport of any program. */
  static Transport open(int window, List<String> command, String... settings) {
    return new ExecTransportType().open("space", settings(command, settings), window);
  }

  static MapSettings settings(List<String> command, String... settings) {
    MapSettings all = MapSettings.of("exec", settings);
    for (int i = 0; i < command.size(); i++) {
      all.put("command[" + i + "]", command.get(i));
    }
    return all;
  }
}
