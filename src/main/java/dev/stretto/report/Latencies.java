package dev.stretto.report;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;

/**
 * How long calls took, from their first start to their end being recorded, to a thousandth of each
 * time. Memory does not grow with the number of calls.
 */
final class Latencies {

  /** Upper ends of the bars that people see, in milliseconds; the last bar has none. */
  private static final long[] BARS = {
    1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 30_000, 60_000, 300_000
  };

  private final Histogram times = new Histogram(3);

  /** A bar of the distribution: so many calls took longer than the bar before and at most this. */
  record Bar(String label, long calls) {}

  /** Notes a call; a time below 0, from clocks that disagree, counts as 0. */
  void add(long milliseconds) {
    times.recordValue(Math.max(0, milliseconds));
  }

  long calls() {
    return times.getTotalCount();
  }

  Duration longest() {
    return Duration.ofMillis(times.getMaxValue());
  }

  /**
   * The time that this share of the calls did not exceed, give or take a thousandth of it.
   *
   * @param share more than 0, up to 1
   */
  Duration within(double share) {
    long within = times.getValueAtPercentile(share * 100);
    return Duration.ofMillis(Math.min(within, times.getMaxValue()));
  }

  /** The bars from the first to the last that has a call. */
  List<Bar> distribution() {
    List<Bar> shown = new ArrayList<>();
    long before = 0;
    for (int i = 0; before < calls(); i++) {
      long upTo = i < BARS.length ? times.getCountBetweenValues(0, BARS[i]) : calls();
      if (!shown.isEmpty() || upTo > 0) {
        shown.add(new Bar(label(i), upTo - before));
      }
      before = upTo;
    }
    return shown;
  }

  private static String label(int bar) {
    return bar < BARS.length
        ? "≤ " + Texts.time(Duration.ofMillis(BARS[bar]))
        : "> " + Texts.time(Duration.ofMillis(BARS[BARS.length - 1]));
  }
}
