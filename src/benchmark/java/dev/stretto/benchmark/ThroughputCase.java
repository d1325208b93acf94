package dev.stretto.benchmark;

import dev.stretto.benchmark.Contender.Ceiling;
import dev.stretto.benchmark.Contender.OneAtATime;
import dev.stretto.benchmark.Contender.Stock;
import dev.stretto.benchmark.Contender.Stretto;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** A backlog sent to its end, and what the destination saw of it. */
final class ThroughputCase implements Case {

  /** Long enough that the drain of the slowest answer, 1 s, is under 2 %. */
  private static final double TAIL_SECONDS = 55;

  private static final double OTHER_SECONDS = 30;

  /** Of all messages, where their payloads are large. */
  private static final double PAYLOADS_BYTES = 300e6;

  private final Site site;
  private final Contender contender;
  private final Load load;
  private final Store.Kind kind;
  private final Map<Load, Double> ceilings;

  /**
   * @param ceilings the rate of the ceiling in the round under way, by load: set by the ceiling's
   *     cases, for the others to compare with
   */
  ThroughputCase(
      Site site, Contender contender, Load load, Store.Kind kind, Map<Load, Double> ceilings) {
    this.site = site;
    this.contender = contender;
    this.load = load;
    this.kind = kind;
    this.ceilings = ceilings;
  }

  @Override
  public Section section() {
    if (load.size() > 0) {
      return Section.PAYLOADS;
    }
    return load.channels() > 1 || load.delay() == Delay.SHORT
        ? Section.CHANNELS
        : Section.THROUGHPUT;
  }

  @Override
  public String label() {
    String where = contender instanceof Ceiling ? "" : kind + ", ";
    return where + load.label() + ": " + contender.label();
  }

  @Override
  public double expectedSeconds() {
    return messages() / expectedRate() * 1.5 + 6;
  }

  /** What the window and the latency allow, or else about what two cores can do. */
  private double expectedRate() {
    int overlap = contender.overlap(load.window());
    double mean = load.delay().mean(10_000);
    double atMost = comparesWithCeiling() ? 20_000 : overlap == 1 ? 1_500 : 6_000;
    double allowed = overlap * load.channels() / mean;
    if (contender instanceof Stock stock) {
      // every chunk waits for its slowest answer
      double drain = load.delay().slowest().toNanos() / 1e9;
      allowed = stock.chunk() / (stock.chunk() * mean / overlap + drain);
    }
    return mean == 0 ? atMost : Math.min(atMost, allowed);
  }

  /**
   * The ceiling, and what is measured against it, send as many, so that their starts weigh the
   * same.
   */
  private boolean comparesWithCeiling() {
    return contender instanceof Ceiling || contender.equals(Cases.START);
  }

  private long messages() {
    if (section() == Section.PAYLOADS) {
      return site.scaled(PAYLOADS_BYTES / load.size());
    }
    if (section() == Section.CHANNELS) {
      return site.scaled(12_800);
    }
    double seconds = load.delay() == Delay.TAIL ? TAIL_SECONDS : OTHER_SECONDS;
    return site.scaled(seconds * expectedRate());
  }

  @Override
  public Map<Metric, Double> run(Path folder) throws Exception {
    if (contender instanceof Ceiling) {
      ceilings.remove(load);
    }
    try (DestinationUnderTest destination =
        new DestinationUnderTest(site, load, contender.lanes() * load.channels())) {
      Program.Taken taken = send(folder, destination.url()).succeeded();
      return metrics(taken, destination.seen());
    }
  }

  private Program.Taken send(Path folder, String url) throws Exception {
    String messages = String.valueOf(messages());
    return switch (contender) {
      case Ceiling _ ->
          Program.run(
              Java.command(
                  CeilingMain.class,
                  List.of("--url", url, "--version", load.version(), "--messages", messages),
                  List.of("--window", String.valueOf(load.window())),
                  List.of("--channels", String.valueOf(load.channels())),
                  List.of("--size", String.valueOf(load.size()))),
              folder,
              Map.of());
      case OneAtATime _ -> stock(folder, url, 1, 100);
      case Stock stock -> stock(folder, url, load.window(), stock.chunk());
      case Stretto stretto -> {
        fill(folder, url, stretto);
        String heap = section() == Section.PAYLOADS ? "-Xmx256m" : "";
        yield site.distribution().run(folder, heap, "dispatch", "--json");
      }
    };
  }

  private Program.Taken stock(Path folder, String url, int overlap, int chunk) throws Exception {
    Store store = fill(folder, url, new Stretto("start", 0));
    return Program.run(
        Java.command(
            StockMain.class,
            List.of("--url", url, "--version", load.version()),
            List.of("--messages", String.valueOf(messages())),
            List.of("--overlap", String.valueOf(overlap), "--chunk", String.valueOf(chunk)),
            List.of("--database", store.url(), "--user", store.user())),
        folder,
        Map.of());
  }

  private Store fill(Path folder, String url, Stretto how) throws Exception {
    Store store = site.stores().make(kind, folder);
    site.distribution().configure(folder, store, url, load, how);
    site.distribution().migrate(folder);
    store.fill(messages(), how.keys(), load.channels(), load.size());
    return store;
  }

  private Map<Metric, Double> metrics(Program.Taken taken, ArrivalLog.Seen seen) {
    double rate = seen.requests() / seen.seconds();
    double mean = load.delay().mean(messages());
    double thousands = messages() / 1000.0;
    Map<Metric, Double> metrics = new EnumMap<>(Metric.class);
    metrics.put(Metric.RATE, rate);
    metrics.put(Metric.STEADY, seen.steady());
    metrics.put(Metric.VOLUME, rate * load.size() / 1e6);
    if (mean > 0) {
      metrics.put(
          Metric.OF_IDEAL, rate * mean / (contender.overlap(load.window()) * load.channels()));
    }
    if (contender instanceof Ceiling) {
      ceilings.put(load, rate);
    }
    Double ceiling = ceilings.get(load);
    if (ceiling != null) {
      metrics.put(Metric.OF_CEILING, rate / ceiling);
    }
    metrics.put(Metric.CPU, taken.cpuSeconds() / thousands);
    metrics.put(Metric.DESTINATION_CPU, seen.cpuSeconds() / thousands);
    metrics.put(Metric.PEAK, (double) taken.peakMebibytes());
    metrics.put(Metric.THREADS, (double) taken.peakThreads());
    metrics.put(Metric.VIOLATIONS, (double) seen.violations());
    metrics.put(Metric.DUPLICATES, (double) seen.duplicates());
    metrics.put(Metric.LOSSES, (double) (messages() - seen.distinct()));
    return metrics;
  }
}
