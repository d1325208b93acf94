package dev.stretto.report;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * How many calls ended in each stretch of a run. Keeps 200 counts at the most: where a run is
 * longer, the stretches get twice as long, as often as needed.
 */
final class Throughput {

  private static final int COUNTS = 200;

  private final long[] counts = new long[COUNTS];
  private long width = 10;
  private int used;

  /**
   * Notes the end of a call.
   *
   * @param milliseconds since the run began; what is below 0 counts as 0
   */
  void add(long milliseconds) {
    long time = Math.max(0, milliseconds);
    while (time / width >= COUNTS) {
      for (int i = 0; i < COUNTS; i++) {
        counts[i] = 2 * i + 1 < COUNTS ? counts[2 * i] + counts[2 * i + 1] : 0;
      }
      width *= 2;
      used = (used + 1) / 2;
    }
    int stretch = (int) (time / width);
    counts[stretch]++;
    used = Math.max(used, stretch + 1);
  }

  /** How long each stretch is. */
  Duration width() {
    return Duration.ofMillis(width);
  }

  /** The most calls that ended in a stretch, as so many a second. */
  long highest() {
    long most = Arrays.stream(counts).max().orElse(0);
    return Math.round(most * 1000.0 / width);
  }

  /** The calls of each stretch, from the run's beginning to the last end of a call. */
  List<Long> counts() {
    List<Long> shown = new ArrayList<>(used);
    for (int i = 0; i < used; i++) {
      shown.add(counts[i]);
    }
    return shown;
  }
}
