package dev.stretto.benchmark;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.stretto.benchmark.Contender.Ceiling;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.databind.json.JsonMapper;

/** A backlog sent through a program to its end, and what the program saw of it. */
final class ProgramCase implements Case {

  /**
   * Notes when it is entered and left, and tells in the end, in the words of an {@link ArrivalLog}.
   */
  private static final String FUNCTION =
      """
      import atexit, json, time

      entered = []
      left = []

      def send_to_space(item):
          entered.append((time.monotonic(), item["n"]))
          time.sleep(0.05)
          left.append(time.monotonic())

      def report():
          numbers = [number for _, number in entered]
          late = sum(b < a for a, b in zip(numbers, numbers[1:]))
          seen = {"requests": len(numbers), "distinct": len(set(numbers)), "violations": late,
                  "duplicates": len(numbers) - len(set(numbers)), "firstMillis": 0,
                  "seconds": max(left) - entered[0][0], "steady": 0, "cpuSeconds": 0}
          with open("seen.json", "w") as file:
              json.dump(seen, file)

      atexit.register(report)
      """;

  private final Site site;
  private final What what;
  private final Contender contender;
  private final Store.Kind kind;
  private final Map<What, Double> ceilings;

  /**
   * @param ceilings the rate of the ceiling in the round under way: set by the ceiling's cases
   */
  ProgramCase(
      Site site, What what, Contender contender, Store.Kind kind, Map<What, Double> ceilings) {
    this.site = site;
    this.what = what;
    this.contender = contender;
    this.kind = kind;
    this.ceilings = ceilings;
  }

  /** Which program. */
  enum What {
    /** Answers a line as it reads it. */
    AT_ONCE("a program that answers at once", 256, 100_000, 20_000),
    /** Python, by the file of the distribution that runs a function. */
    FUNCTION("a function in Python that blocks for 50 ms", 64, 40_000, 64 / 0.05);

    private final String label;
    private final int window;
    private final double messages;
    private final double rate;

    What(String label, int window, double messages, double rate) {
      this.label = label;
      this.window = window;
      this.messages = messages;
      this.rate = rate;
    }
  }

  @Override
  public Section section() {
    return Section.PROGRAMS;
  }

  @Override
  public String label() {
    String where = contender instanceof Ceiling ? "" : kind + ", ";
    return where + what.label + ", window " + what.window + ": " + contender.label();
  }

  @Override
  public double expectedSeconds() {
    return messages() / what.rate * 1.5 + 6;
  }

  private long messages() {
    return site.scaled(what.messages);
  }

  @Override
  public Map<Metric, Double> run(Path folder) throws Exception {
    if (contender instanceof Ceiling) {
      ceilings.remove(what);
    }
    Program.Taken taken = send(folder).succeeded();
    ArrivalLog.Seen seen =
        JsonMapper.shared()
            .readValue(Files.readString(folder.resolve("seen.json")), ArrivalLog.Seen.class);
    return metrics(taken, seen);
  }

  private Program.Taken send(Path folder) throws Exception {
    if (contender instanceof Ceiling) {
      return Program.run(
          Java.command(
              CeilingMain.class,
              List.of("--messages", String.valueOf(messages()), "--channels", "1"),
              List.of("--window", String.valueOf(what.window), "--size", "0", "--"),
              command(folder)),
          folder,
          Map.of());
    }
    Store store = site.stores().make(kind, folder);
    site.distribution().configure(folder, store, 1, channel(command(folder)));
    site.distribution().migrate(folder);
    store.fill(messages(), 0, 1, 0);
    return site.distribution().run(folder, "", "dispatch", "--json");
  }

  private List<String> command(Path folder) throws Exception {
    return switch (what) {
      case AT_ONCE -> Java.command(ProgramMain.class, List.of("seen.json"));
      case FUNCTION -> {
        Files.writeString(folder.resolve("space.py"), FUNCTION, UTF_8);
        String runner = site.distribution().home().resolve("exec/stretto_exec.py").toString();
        yield List.of("python3", runner, "space:send_to_space");
      }
    };
  }

  private String channel(List<String> command) {
    return """
        space:
          transport: exec
          window: %d
          exec: { command: [%s] }
    """
        .formatted(
            what.window,
            command.stream().map(word -> "\"" + word + "\"").collect(Collectors.joining(", ")));
  }

  private Map<Metric, Double> metrics(Program.Taken taken, ArrivalLog.Seen seen) {
    double rate = seen.requests() / seen.seconds();
    Map<Metric, Double> metrics = new EnumMap<>(Metric.class);
    metrics.put(Metric.RATE, rate);
    if (what == What.FUNCTION) {
      metrics.put(Metric.OF_IDEAL, rate / what.rate);
    }
    if (contender instanceof Ceiling) {
      ceilings.put(what, rate);
    }
    Double ceiling = ceilings.get(what);
    if (ceiling != null) {
      metrics.put(Metric.OF_CEILING, rate / ceiling);
    }
    metrics.put(Metric.CPU, taken.cpuSeconds() / (messages() / 1000.0));
    metrics.put(Metric.PEAK, (double) taken.peakMebibytes());
    metrics.put(Metric.VIOLATIONS, (double) seen.violations());
    metrics.put(Metric.DUPLICATES, (double) seen.duplicates());
    metrics.put(Metric.LOSSES, (double) (messages() - seen.distinct()));
    return metrics;
  }
}
