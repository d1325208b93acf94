package packages;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The distribution's files as they are unpacked, with a Java runtime and its caches. */
final class Staging {

  /** What jdeps finds in the jars, and what is only found by name. */
  private static final String MODULES =
      String.join(
          ",",
          "java.base",
          "java.compiler",
          "java.desktop", // for java.beans
          "java.instrument",
          "java.logging",
          "java.management",
          "java.naming",
          "java.net.http",
          "java.prefs",
          "java.scripting",
          "java.security.jgss",
          "java.security.sasl",
          "java.sql",
          "java.sql.rowset",
          "java.transaction.xa",
          "java.xml",
          "jdk.charsets", // of answers
          "jdk.httpserver",
          "jdk.jfr",
          "jdk.management",
          "jdk.naming.dns",
          "jdk.net",
          "jdk.security.auth", // Kerberos, of Kafka and PostgreSQL
          "jdk.security.jgss",
          "jdk.unsupported",
          "jdk.zipfs");

  private static final List<String> PARTS =
      List.of("bin", "config", "docs", "exec", "lib", "transports", "LICENSE");

  private Staging() {}

  /** Returns the folder, in which all has the time: the caches fit files of their times alone. */
  static Path make(Path distribution, Path home, Instant time) throws Exception {
    delete(home);
    Files.createDirectories(home.resolve("plugins"));
    for (Path file : parts(distribution)) {
      Path target = home.resolve(distribution.relativize(file).toString());
      Files.createDirectories(target.getParent());
      Files.copy(file, target);
    }
    link(home.resolve("runtime"));
    touch(home, time);
    cache(home, "help", "-XX:TieredStopAtLevel=1", "--help");
    cache(
        home,
        "stretto",
        "-XX:TieredStopAtLevel=4",
        "demo",
        "--messages",
        "8000",
        "--delay",
        "1ms",
        "--json");
    touch(home.resolve("lib"), time);
    return home;
  }

  /** Neither what somebody configured there nor the caches, which fit another Java. */
  private static List<Path> parts(Path distribution) throws IOException {
    try (var files = Files.walk(distribution)) {
      return files
          .filter(Files::isRegularFile)
          .filter(file -> {
            Path part = distribution.relativize(file);
            return PARTS.contains(part.getName(0).toString())
                || part.getNameCount() == 1 && part.toString().endsWith(".md");
          })
          .filter(file -> !file.endsWith("config/application.yaml"))
          .filter(file -> !file.toString().endsWith(".aot"))
          .sorted()
          .toList();
    }
  }

  private static void link(Path runtime) {
    int code =
        ToolProvider.findFirst("jlink")
            .orElseThrow()
            .run(
                System.out,
                System.err,
                "--add-modules",
                MODULES,
                "--strip-debug",
                "--no-header-files",
                "--no-man-pages",
                // what is compressed once is smaller in the end than what is compressed twice
                "--compress=zip-0",
                "--output",
                runtime.toString());
    if (code != 0) {
      throw new IllegalStateException("jlink ended with " + code);
    }
  }

  /** Keeps what a command loads, on the class path that the launcher has. */
  private static void cache(Path home, String name, String compiler, String... arguments)
      throws Exception {
    String classPath;
    try (var jars = Files.list(home.resolve("lib"))) {
      classPath =
          jars.map(Path::toString)
              .filter(jar -> jar.endsWith(".jar"))
              .sorted()
              .collect(Collectors.joining(":"));
    }
    List<String> command = new ArrayList<>();
    command.add(home.resolve("runtime/bin/java").toString());
    command.add("-XX:AOTCacheOutput=" + home.resolve("lib/" + name + ".aot"));
    command.addAll(List.of("-XX:+UseSerialGC", compiler, "--enable-native-access=ALL-UNNAMED"));
    command.addAll(List.of("-cp", classPath, "dev.stretto.StrettoApplication"));
    command.addAll(List.of(arguments));
    Path log = home.resolveSibling(name + ".log");
    int code =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start()
            .waitFor();
    if (code != 0) {
      throw new IllegalStateException(command + " ended with " + code + ": see " + log);
    }
  }

  private static void touch(Path folder, Instant time) throws IOException {
    for (Path path : all(folder)) {
      Files.setLastModifiedTime(path, FileTime.from(time));
    }
  }

  private static void delete(Path folder) throws IOException {
    if (Files.exists(folder)) {
      for (Path path : all(folder)) {
        Files.delete(path);
      }
    }
  }

  /** What is in a folder first, then the folder. */
  private static List<Path> all(Path folder) throws IOException {
    try (Stream<Path> paths = Files.walk(folder)) {
      return paths.sorted(Comparator.reverseOrder()).toList();
    }
  }
}
