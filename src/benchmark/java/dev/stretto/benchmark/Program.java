package dev.stretto.benchmark;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs one command to its end, and watches what it takes from the machine. */
final class Program {

  private static final Duration LOOK = Duration.ofMillis(10);
  private static final Duration PATIENCE = Duration.ofHours(1);

  private Program() {}

  /**
   * What a command took.
   *
   * @param started when it was started
   * @param seconds from its start to its end
   * @param cpuSeconds of user and system, exact to 20 ms
   * @param peakMebibytes the most of it that was resident; 0 where the system doesn't tell
   * @param peakThreads the most that it had; 0 where the system doesn't tell
   * @param output its standard output
   * @param errors its standard error
   */
  record Taken(
      int exitCode,
      Instant started,
      double seconds,
      double cpuSeconds,
      long peakMebibytes,
      long peakThreads,
      String output,
      String errors) {

    /** Throws where it did not end with 0, with the last lines that it wrote. */
    Taken succeeded() throws FailedException {
      if (exitCode != 0) {
        List<String> lines = (output + errors).strip().lines().toList();
        throw new FailedException(
            "exit code "
                + exitCode
                + ": "
                + String.join(" / ", lines.subList(Math.max(0, lines.size() - 2), lines.size())));
      }
      return this;
    }
  }

  /**
   * Runs a command in a folder.
   *
   * @throws FailedException where it has not ended after an hour; it is killed then
   */
  static Taken run(List<String> command, Path folder, Map<String, String> environment)
      throws IOException, InterruptedException, FailedException {
    Path out = folder.resolve("out");
    Path err = folder.resolve("err");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    builder.environment().putAll(environment);
    Instant started = InstantSource.system().instant();
    long begin = System.nanoTime();
    Process jvm = builder.start();
    try {
      Path status = Path.of("/proc", String.valueOf(jvm.pid()), "status");
      Duration cpu = Duration.ZERO;
      long peak = 0;
      long threads = 0;
      while (!jvm.waitFor(LOOK.toMillis(), TimeUnit.MILLISECONDS)) {
        cpu = jvm.info().totalCpuDuration().orElse(cpu);
        peak = Math.max(peak, number(status, "VmHWM:") / 1024);
        threads = Math.max(threads, number(status, "Threads:"));
        if (System.nanoTime() - begin > PATIENCE.toNanos()) {
          throw new FailedException("did not end in " + PATIENCE.toMinutes() + " minutes");
        }
      }
      return new Taken(
          jvm.exitValue(),
          started,
          (System.nanoTime() - begin) / 1e9,
          cpu.toNanos() / 1e9,
          peak,
          threads,
          Files.readString(out, UTF_8),
          Files.readString(err, UTF_8));
    } finally {
      jvm.destroyForcibly();
    }
  }

  private static long number(Path status, String name) {
    try {
      return Files.readString(status)
          .lines()
          .filter(line -> line.startsWith(name))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
          .findFirst()
          .orElse(0);
    } catch (IOException e) {
      return 0; // it has ended, or this is no Linux
    }
  }
}
