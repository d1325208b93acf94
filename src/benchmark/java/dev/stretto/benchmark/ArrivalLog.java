package dev.stretto.benchmark;

import java.time.InstantSource;
import java.util.Arrays;
import java.util.BitSet;

/**
 * What a destination saw, about 9 bytes a request. A lane is what must keep its order: the
 * positions that are equal modulo the number of lanes.
 */
final class ArrivalLog {

  private static final double STEADY_FROM = 0.2;
  private static final double STEADY_TO = 0.9;

  private final InstantSource clock;
  private final int lanes;
  private final long[] highest;
  private final BitSet seen = new BitSet();
  private long[] times = new long[1 << 16];
  private int count;
  private long firstMillis;
  private long lastAnswer;
  private long violations;
  private long duplicates;

  /**
   * @param lanes 1 where the whole channel has one order
   */
  ArrivalLog(int lanes, InstantSource clock) {
    this.lanes = lanes;
    this.highest = new long[lanes];
    this.clock = clock;
  }

  /**
   * What was seen.
   *
   * @param requests all of them
   * @param distinct the positions among them
   * @param violations requests that came after one of a higher position of their lane, and whose
   *     position was new
   * @param duplicates requests whose position had come before
   * @param firstMillis when the first came, in milliseconds of the epoch
   * @param seconds from the first request to the last answer
   * @param steady requests a second, from the time when a fifth had come until nine tenths had
   * @param cpuSeconds of the destination itself
   */
  record Seen(
      long requests,
      long distinct,
      long violations,
      long duplicates,
      long firstMillis,
      double seconds,
      double steady,
      double cpuSeconds) {}

  synchronized void arrived(long position) {
    if (count == 0) {
      firstMillis = clock.millis();
    }
    if (count == times.length) {
      times = Arrays.copyOf(times, count * 2);
    }
    times[count++] = System.nanoTime();
    int lane = (int) (position % lanes);
    if (seen.get((int) position)) {
      duplicates++;
    } else if (position < highest[lane]) {
      violations++;
    }
    seen.set((int) position);
    highest[lane] = Math.max(highest[lane], position);
  }

  synchronized void answered() {
    lastAnswer = System.nanoTime();
  }

  synchronized Seen seen(double cpuSeconds) {
    double seconds = count == 0 ? 0 : (lastAnswer - times[0]) / 1e9;
    int from = (int) (count * STEADY_FROM);
    int to = (int) (count * STEADY_TO);
    double steady = to <= from ? 0 : (to - from) / ((times[to] - times[from]) / 1e9);
    return new Seen(
        count,
        seen.cardinality(),
        violations,
        duplicates,
        firstMillis,
        seconds,
        steady,
        cpuSeconds);
  }
}
