package dev.stretto.benchmark;

import java.util.Collection;
import java.util.List;
import java.util.Locale;

/** What is measured: a column of a table. Of several runs the median counts, or the worst. */
enum Metric {
  /** From the first request to the last answer. */
  RATE("messages/s", "%,.0f", false),
  /** The rate times the payloads' size; a MB is 1,000,000 bytes. */
  VOLUME("MB/s", "%,.0f", false),
  /** Without the start and the drain: see {@link ArrivalLog.Seen#steady()}. */
  STEADY("steady", "%,.0f", false),
  /** The rate over what the window and the mean latency allow. */
  OF_IDEAL("of window ÷ latency", "%.2f", false),
  /** The rate over that of the ceiling under the same load in the same round. */
  OF_CEILING("of ceiling", "%.2f", false),
  /** Of the sender's own JVM, from its start to its end. */
  CPU("CPU s per 1,000", "%.3f", false),
  /** Of the destination's JVM. */
  DESTINATION_CPU("destination's", "%.3f", false),
  /** The most that was resident. */
  PEAK("peak MiB", "%,.0f", false),
  /** The most that its process had, those of the JVM itself among them. */
  THREADS("threads", "%,.0f", true),
  /** New requests that came after one of a higher position, of its key where keys have an order. */
  VIOLATIONS("order violations", "%,.0f", true),
  /** Requests whose message had come before. */
  DUPLICATES("twice", "%,.0f", true),
  /** Messages that never came. */
  LOSSES("lost", "%,.0f", true),
  /** From the command's start to the first request. */
  FIRST_CALL("s to first call", "%.2f", false),
  /** Rows that the database read for each message that was sent. */
  ROWS_READ("rows read per message", "%.2f", false),
  /** The most heap in use when the collector ran, of 256 MiB. */
  HEAP("peak heap MiB", "%,.0f", false),
  /** {@code status}, from start to end. */
  STATUS("status, s", "%.2f", false),
  /** A {@code dispatch} that finds nothing. */
  EMPTY("empty dispatch, s", "%.2f", false),
  /** A {@code purge} that finds nothing old enough. */
  PURGE("purge of nothing, s", "%.2f", false),
  /** From start to end. */
  SECONDS("seconds", "%.2f", false),
  /** User and system, from start to end. */
  CPU_SECONDS("CPU seconds", "%.2f", false),
  /** Appended. */
  ROWS("rows/s", "%,.0f", false);

  private final String heading;
  private final String format;
  private final boolean worst;

  Metric(String heading, String format, boolean worst) {
    this.heading = heading;
    this.format = format;
    this.worst = worst;
  }

  String heading() {
    return heading;
  }

  /** One text for several runs; a dash where there is none. */
  String text(Collection<Double> values) {
    return values.isEmpty() ? "–" : String.format(Locale.ROOT, format, of(values));
  }

  /** One number for several runs, of which there is at least one. */
  double of(Collection<Double> values) {
    List<Double> sorted = values.stream().sorted().toList();
    int middle = sorted.size() / 2;
    if (worst) {
      return sorted.getLast();
    }
    return sorted.size() % 2 == 1
        ? sorted.get(middle)
        : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
  }
}
