package dev.stretto.benchmark;

import dev.stretto.benchmark.Contender.Stretto;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.EnumMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The beginning of a backlog of some length, sent on a heap of 256 MiB. */
final class BacklogCase implements Case {

  private static final Load LOAD = new Load("2", Delay.NONE, 64);
  private static final Stretto START = new Stretto("start", 0);
  private static final int LIMIT = 20_000;

  /** What was in use when a collection began, in a line of the collector's log. */
  private static final Pattern IN_USE = Pattern.compile(" (\\d+)M->\\d+M\\(");

  private static final String ROWS_READ =
      """
      select coalesce(sum(seq_tup_read + idx_tup_fetch), 0) from pg_stat_user_tables
       where relname = 'outbox_message'
      """;

  private final Site site;
  private final Store.Kind kind;
  private final long fullRows;

  /**
   * @param fullRows how many wait, at full scale
   */
  BacklogCase(Site site, Store.Kind kind, long fullRows) {
    this.site = site;
    this.kind = kind;
    this.fullRows = fullRows;
  }

  @Override
  public Section section() {
    return Section.BACKLOG;
  }

  @Override
  public String label() {
    return "%s, %,d rows".formatted(kind, fullRows);
  }

  @Override
  public double expectedSeconds() {
    return rows() / 40_000.0 + 10;
  }

  private long rows() {
    return site.scaled((double) fullRows);
  }

  @Override
  public Map<Metric, Double> run(Path folder) throws Exception {
    long limit = Math.min(LIMIT, rows() / 4);
    try (DestinationUnderTest destination = new DestinationUnderTest(site, LOAD, 1)) {
      Store store = site.stores().make(kind, folder);
      site.distribution().configure(folder, store, destination.url(), LOAD, START);
      site.distribution().migrate(folder);
      store.fill(rows(), 0, 1, 0);
      double before = rowsRead(store);
      Program.Taken taken =
          site.distribution()
              .run(
                  folder,
                  "-Xmx256m -Xlog:gc:file=gc.log",
                  "dispatch",
                  "--channel",
                  "space",
                  "--limit",
                  String.valueOf(limit),
                  "--json")
              .succeeded();
      ArrivalLog.Seen seen = destination.seen();
      Map<Metric, Double> metrics = new EnumMap<>(Metric.class);
      metrics.put(
          Metric.FIRST_CALL, (seen.firstMillis() - taken.started().toEpochMilli()) / 1000.0);
      metrics.put(Metric.RATE, seen.requests() / seen.seconds());
      metrics.put(Metric.HEAP, peakHeap(folder.resolve("gc.log")));
      metrics.put(Metric.PEAK, (double) taken.peakMebibytes());
      if (kind == Store.Kind.POSTGRESQL) {
        metrics.put(Metric.ROWS_READ, (rowsRead(store) - before) / seen.distinct());
      } else if (kind == Store.Kind.H2) {
        metrics.put(Metric.ROWS_READ, RowsRead.perMessage(store, limit));
      }
      return metrics;
    }
  }

  /** What the server counted so far; 0 where it does not count for all sessions. */
  private static double rowsRead(Store store) throws SQLException {
    if (store.kind() != Store.Kind.POSTGRESQL) {
      return 0;
    }
    try (Connection connection = store.connect();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(ROWS_READ)) {
      row.next();
      return row.getDouble(1);
    }
  }

  private static double peakHeap(Path log) throws Exception {
    double peak = 0;
    for (String line : Files.readAllLines(log)) {
      Matcher inUse = IN_USE.matcher(line);
      if (inUse.find()) {
        peak = Math.max(peak, Double.parseDouble(inUse.group(1)));
      }
    }
    return peak;
  }
}
