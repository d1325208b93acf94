package dev.stretto.benchmark;

import java.util.List;

/** A table of the outcome. */
enum Section {
  /** A backlog is sent to its end. */
  THROUGHPUT("Throughput"),
  /** The same number of messages, spread over channels side by side. */
  CHANNELS("Many channels"),
  /** Messages go through a program instead of to a server. */
  PROGRAMS("Through a program"),
  /** Messages whose payloads are much longer than the rest of them, on a small heap. */
  PAYLOADS("Large payloads"),
  /** The beginning of a long backlog is sent, on a small heap. */
  BACKLOG("Long backlogs"),
  /** Commands where many messages were sent before. */
  HISTORY("Long histories"),
  /** Commands that send nothing. */
  COMMANDS("Commands");

  private final String title;

  Section(String title) {
    this.title = title;
  }

  String title() {
    return title;
  }

  List<Metric> columns() {
    return switch (this) {
      case THROUGHPUT ->
          List.of(
              Metric.RATE,
              Metric.STEADY,
              Metric.OF_IDEAL,
              Metric.OF_CEILING,
              Metric.CPU,
              Metric.DESTINATION_CPU,
              Metric.PEAK,
              Metric.VIOLATIONS,
              Metric.DUPLICATES,
              Metric.LOSSES);
      case CHANNELS ->
          List.of(
              Metric.RATE,
              Metric.OF_IDEAL,
              Metric.OF_CEILING,
              Metric.CPU,
              Metric.THREADS,
              Metric.PEAK,
              Metric.VIOLATIONS,
              Metric.DUPLICATES,
              Metric.LOSSES);
      case PROGRAMS ->
          List.of(
              Metric.RATE,
              Metric.OF_IDEAL,
              Metric.OF_CEILING,
              Metric.CPU,
              Metric.PEAK,
              Metric.VIOLATIONS,
              Metric.DUPLICATES,
              Metric.LOSSES);
      case PAYLOADS ->
          List.of(
              Metric.RATE,
              Metric.VOLUME,
              Metric.OF_CEILING,
              Metric.CPU,
              Metric.PEAK,
              Metric.VIOLATIONS,
              Metric.DUPLICATES,
              Metric.LOSSES);
      case BACKLOG ->
          List.of(Metric.FIRST_CALL, Metric.RATE, Metric.ROWS_READ, Metric.HEAP, Metric.PEAK);
      case HISTORY -> List.of(Metric.STATUS, Metric.EMPTY, Metric.FIRST_CALL, Metric.PURGE);
      case COMMANDS -> List.of(Metric.SECONDS, Metric.CPU_SECONDS, Metric.ROWS, Metric.PEAK);
    };
  }
}
