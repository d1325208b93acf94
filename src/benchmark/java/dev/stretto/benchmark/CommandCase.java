package dev.stretto.benchmark;

import dev.stretto.benchmark.Contender.Stretto;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;

/** A command that sends nothing. */
final class CommandCase implements Case {

  private static final long ROWS = 500_000;

  private final Site site;
  private final Store.Kind kind;
  private final What what;

  CommandCase(Site site, Store.Kind kind, What what) {
    this.site = site;
    this.kind = kind;
    this.what = what;
  }

  /** Which command. */
  enum What {
    /** NDJSON from a file. */
    APPEND("append of 500,000 lines"),
    /** A run that finds nothing to do. */
    EMPTY("dispatch that finds nothing"),
    /** The text that explains the options. */
    HELP("--help");

    private final String label;

    What(String label) {
      this.label = label;
    }
  }

  @Override
  public Section section() {
    return Section.COMMANDS;
  }

  @Override
  public String label() {
    return what == What.HELP ? what.label : kind + ", " + what.label;
  }

  @Override
  public double expectedSeconds() {
    return what == What.APPEND ? site.scaled(ROWS) / 20_000.0 + 5 : 5;
  }

  @Override
  public Map<Metric, Double> run(Path folder) throws Exception {
    Store store = site.stores().make(kind, folder);
    Load load = new Load("2", Delay.NONE, 64);
    Stretto start = new Stretto("start", 0);
    // Nothing listens there, and nothing is sent.
    site.distribution().configure(folder, store, "http://127.0.0.1:9/", load, start);
    site.distribution().migrate(folder);
    Program.Taken taken =
        switch (what) {
          case HELP -> site.distribution().run(folder, "", "--help");
          case EMPTY -> site.distribution().run(folder, "", "dispatch", "--channel", "space");
          case APPEND -> {
            write(folder.resolve("messages.ndjson"));
            yield site.distribution()
                .run(folder, "", "append", "--channel", "space", "--file", "messages.ndjson");
          }
        };
    taken.succeeded();
    Map<Metric, Double> metrics = new EnumMap<>(Metric.class);
    metrics.put(Metric.SECONDS, taken.seconds());
    metrics.put(Metric.CPU_SECONDS, taken.cpuSeconds());
    metrics.put(Metric.PEAK, (double) taken.peakMebibytes());
    if (what == What.APPEND) {
      metrics.put(Metric.ROWS, site.scaled(ROWS) / taken.seconds());
    }
    return metrics;
  }

  private void write(Path file) throws IOException {
    try (BufferedWriter lines = Files.newBufferedWriter(file)) {
      for (long n = 1; n <= site.scaled(ROWS); n++) {
        lines.write("{\"n\":" + n + "}\n");
      }
    }
  }
}
