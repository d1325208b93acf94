package dev.stretto.cli.demo;

import dev.stretto.cli.dispatch.DispatchReport;
import dev.stretto.dispatch.Counts;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** What a demo showed. */
record DemoSummary(Duration oneAtATime, Counts counts, DemoReceiver.Totals totals, long sent) {

  /** Whether everything arrived once, in order, and was recorded. */
  boolean good() {
    return counts.delivered() == sent
        && totals.distinct() == sent
        && totals.inversions() == 0
        && totals.duplicates() == 0;
  }

  List<String> lines() {
    return List.of(
        "",
        line(
            "one at a time",
            DispatchReport.seconds(oneAtATime),
            "each call after the answer to the one before"),
        line(
            "Stretto",
            DispatchReport.seconds(counts.calling()),
            String.format(
                Locale.ROOT,
                "%.0f times as fast, up to %,d calls at once",
                factor(),
                totals.maxInFlight())),
        "",
        String.format(
            Locale.ROOT,
            "%,d arrived, %,d order violations, %,d twice; %,d recorded as delivered.",
            totals.distinct(),
            totals.inversions(),
            totals.duplicates(),
            counts.delivered()));
  }

  private static String line(String who, String time, String how) {
    return String.format(Locale.ROOT, "  %-14s %10s   %s", who, time, how);
  }

  private double factor() {
    return (double) oneAtATime.toNanos() / Math.max(1, counts.calling().toNanos());
  }

  /** For programs. */
  Document document() {
    return new Document(
        sent,
        oneAtATime.toMillis() / 1e3,
        counts.calling().toMillis() / 1e3,
        totals.distinct(),
        totals.inversions(),
        totals.duplicates(),
        totals.maxInFlight(),
        counts.delivered());
  }

  record Document(
      long messages,
      double oneAtATimeSeconds,
      double seconds,
      long arrived,
      long orderViolations,
      long duplicates,
      int mostInFlight,
      long delivered) {}
}
