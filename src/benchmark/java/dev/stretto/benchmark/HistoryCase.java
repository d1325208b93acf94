package dev.stretto.benchmark;

import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;

/** What commands take where many messages were sent before. */
final class HistoryCase implements Case {

  private static final Load LOAD = new Load("2", Delay.NONE, 64);

  private final Site site;
  private final Store.Kind kind;
  private final long fullRows;

  /**
   * @param fullRows how many were delivered, at full scale
   */
  HistoryCase(Site site, Store.Kind kind, long fullRows) {
    this.site = site;
    this.kind = kind;
    this.fullRows = fullRows;
  }

  @Override
  public Section section() {
    return Section.HISTORY;
  }

  @Override
  public String label() {
    return "%s, %,d delivered".formatted(kind, fullRows);
  }

  @Override
  public double expectedSeconds() {
    return rows() / 15_000.0 + 15;
  }

  private long rows() {
    return site.scaled((double) fullRows);
  }

  @Override
  public Map<Metric, Double> run(Path folder) throws Exception {
    Store store = site.stores().make(kind, folder);
    // Nothing listens there until something is sent.
    site.distribution().configure(folder, store, "http://127.0.0.1:9/", LOAD, Cases.START);
    site.distribution().migrate(folder);
    store.fillDelivered(rows());
    try (DestinationUnderTest first = new DestinationUnderTest(site, LOAD, 1)) {
      sendOne(folder, store, first);
    }
    // Whatever a run's end has left uncounted, as after an upgrade.
    command(folder, "status");
    Map<Metric, Double> metrics = new EnumMap<>(Metric.class);
    metrics.put(Metric.STATUS, command(folder, "status").seconds());
    metrics.put(Metric.EMPTY, command(folder, "dispatch", "--channel", "space").seconds());
    try (DestinationUnderTest second = new DestinationUnderTest(site, LOAD, 1)) {
      Program.Taken taken = sendOne(folder, store, second);
      metrics.put(
          Metric.FIRST_CALL,
          (second.seen().firstMillis() - taken.started().toEpochMilli()) / 1000.0);
    }
    metrics.put(Metric.PURGE, command(folder, "purge", "--older-than", "1d").seconds());
    return metrics;
  }

  private Program.Taken sendOne(Path folder, Store store, DestinationUnderTest destination)
      throws Exception {
    site.distribution().configure(folder, store, destination.url(), LOAD, Cases.START);
    store.fill(1, 0, 1, 0);
    return command(folder, "dispatch", "--channel", "space");
  }

  private Program.Taken command(Path folder, String... arguments) throws Exception {
    return site.distribution().run(folder, "", arguments).succeeded();
  }
}
