package dev.stretto.benchmark;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.springframework.util.FileSystemUtils;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Measures the cases in rounds, so that what is compared was measured within minutes, and prints
 * the tables. Ends with 1 where a case failed.
 */
@Command(name = "benchmark")
final class Benchmark implements Callable<Integer> {

  @Option(names = "--distribution", required = true)
  private Path distribution = Path.of("");

  @Option(names = "--output", description = "a folder")
  private Path output = Path.of("target/benchmark");

  @Option(names = "--runs", description = "rounds; of each case the median is shown")
  private int runs = 5;

  @Option(names = "--scale", description = "what the numbers of messages are multiplied by")
  private double scale = 1;

  @Option(names = "--only", description = "a regular expression that labels contain")
  private Pattern only = Pattern.compile("");

  @Option(names = "--databases", split = ",")
  private List<Store.Kind> databases = List.of(Store.Kind.H2);

  private Outcome outcome = new Outcome("", 1, List.of());

  public static void main(String[] arguments) {
    System.exit(new CommandLine(new Benchmark()).execute(arguments));
  }

  /** What was measured; empty before {@link #call}. */
  Outcome outcome() {
    return outcome;
  }

  @Override
  public Integer call() throws Exception {
    try (Stores stores = new Stores()) {
      Site site = new Site(new Distribution(distribution.toAbsolutePath()), stores, scale);
      Map<Case, Row> rows = new LinkedHashMap<>();
      for (Case each : Cases.of(site, databases)) {
        if (only.matcher(each.section().title() + ", " + each.label()).find()) {
          rows.put(each, Row.of(each));
        }
      }
      outcome = new Outcome(machine(), scale, List.copyOf(rows.values()));
      say(
          "%d cases, %d times each, take about %s on %s",
          rows.size(), runs, duration(rows.keySet().stream().toList()), machine());
      for (int round = 1; round <= runs; round++) {
        for (Map.Entry<Case, Row> each : rows.entrySet()) {
          say("round %d of %d: %s", round, runs, each.getValue().label());
          measure(each.getKey(), each.getValue());
          write();
        }
      }
    }
    System.out.println(outcome.markdown());
    return outcome.rows().stream().allMatch(row -> row.failures().isEmpty()) ? 0 : 1;
  }

  /** A case that fails is shown as failed; the others go on. */
  private static void measure(Case measured, Row row) throws IOException {
    Path folder = Files.createTempDirectory("stretto-benchmark");
    try {
      row.runs().add(measured.run(folder));
    } catch (Exception e) {
      row.failures().add(e instanceof FailedException ? e.getMessage() : e.toString());
      say("failed: %s", e);
    } finally {
      FileSystemUtils.deleteRecursively(folder);
    }
  }

  private void write() throws IOException {
    Files.createDirectories(output);
    Files.writeString(output.resolve("benchmark.json"), outcome.json(), UTF_8);
    Files.writeString(output.resolve("benchmark.md"), outcome.markdown(), UTF_8);
  }

  private String duration(List<Case> cases) {
    double seconds = runs * cases.stream().mapToDouble(Case::expectedSeconds).sum();
    Duration whole = Duration.ofMinutes(Math.round(seconds / 60));
    return whole.toHours() + " h " + whole.toMinutesPart() + " min";
  }

  private static String machine() {
    long bytes =
        ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize();
    return "%d cores, %d GiB, Java %d"
        .formatted(
            Runtime.getRuntime().availableProcessors(),
            Math.round(bytes / Math.pow(2, 30)),
            Runtime.version().feature());
  }

  /** Progress goes to standard error, so that standard output has the tables only. */
  private static void say(String format, Object... values) {
    System.err.printf("benchmark: " + format + "%n", values);
  }
}
