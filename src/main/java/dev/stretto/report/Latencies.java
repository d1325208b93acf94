package dev.stretto.report;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * How long calls took, from their first start to their end being recorded. Keeps 300 counts,
 * whatever the number of calls: each stands for times that differ by 7 % at the most.
 */
final class Latencies {

  private static final int COUNTS = 300;
  private static final double STEP = Math.log(1.07);

  /** Upper ends of the bars that people see, in milliseconds; the last bar has none. */
  private static final long[] BARS = {
    1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 30_000, 60_000, 300_000
  };

  private final long[] counts = new long[COUNTS];
  private final long[] bars = new long[BARS.length + 1];
  private long calls;
  private long longest;

  /** A bar of the distribution: so many calls took longer than the bar before and at most this. */
  record Bar(String label, long calls) {}

  /** Notes a call; a time below 0, from clocks that disagree, counts as 0. */
  void add(long milliseconds) {
    long time = Math.max(0, milliseconds);
    calls++;
    longest = Math.max(longest, time);
    counts[Math.min(COUNTS - 1, (int) (Math.log(time + 1.0) / STEP))]++;
    int bar = 0;
    while (bar < BARS.length && time > BARS[bar]) {
      bar++;
    }
    bars[bar]++;
  }

  long calls() {
    return calls;
  }

  Duration longest() {
    return Duration.ofMillis(longest);
  }

  /**
   * The time that this share of the calls did not exceed, give or take 7 %.
   *
   * @param share more than 0, up to 1
   */
  Duration within(double share) {
    long wanted = (long) Math.ceil(calls * share);
    long seen = 0;
    for (int i = 0; i < COUNTS; i++) {
      seen += counts[i];
      if (seen >= wanted && seen > 0) {
        long upper = (long) Math.floor(Math.exp((i + 1) * STEP) - 1);
        return Duration.ofMillis(Math.min(upper, longest));
      }
    }
    return Duration.ZERO;
  }

  /** The bars from the first to the last that has a call. */
  List<Bar> distribution() {
    List<Bar> shown = new ArrayList<>();
    int last = bars.length - 1;
    while (last > 0 && bars[last] == 0) {
      last--;
    }
    for (int i = 0; i <= last; i++) {
      if (!shown.isEmpty() || bars[i] > 0) {
        shown.add(new Bar(label(i), bars[i]));
      }
    }
    return shown;
  }

  private static String label(int bar) {
    return bar < BARS.length
        ? "≤ " + Texts.time(Duration.ofMillis(BARS[bar]))
        : "> " + Texts.time(Duration.ofMillis(BARS[BARS.length - 1]));
  }
}
