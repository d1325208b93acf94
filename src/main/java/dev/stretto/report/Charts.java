package dev.stretto.report;

import dev.stretto.message.Status;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;

/**
 * Pictures as inline SVG; what they mean stands in their titles, which a browser shows on hover.
 */
final class Charts {

  private static final int WIDTH = 1000;
  private static final int ROW = 3;
  private static final int HEIGHT = 160;
  private static final int LABEL = 18;

  private Charts() {}

  /** One line a call, from its start to its end, in start order from the top. */
  static String timeline(List<RunCalls.Drawn> calls) {
    List<RunCalls.Drawn> rows =
        calls.stream().sorted(Comparator.comparing(RunCalls.Drawn::startedAt)).toList();
    Instant begin = rows.getFirst().startedAt();
    Instant end = rows.stream().map(Charts::end).max(Comparator.naturalOrder()).orElseThrow();
    double span = Math.max(1, Duration.between(begin, end).toMillis());
    StringBuilder svg = open(rows.size() * ROW + LABEL, "calls over time");
    for (int i = 0; i < rows.size(); i++) {
      RunCalls.Drawn call = rows.get(i);
      Duration took = Duration.between(call.startedAt(), end(call));
      double x = WIDTH * Duration.between(begin, call.startedAt()).toMillis() / span;
      double width = Math.max(1, WIDTH * took.toMillis() / span);
      svg.append(
              Texts.text(
                  "<rect class=\"%s\" x=\"%s\" y=\"%d\" width=\"%s\" height=\"%d\">",
                  kind(call),
                  Texts.decimal(Math.min(x, WIDTH - 1.0)),
                  i * ROW,
                  Texts.decimal(Math.min(width, WIDTH - Math.min(x, WIDTH - 1.0))),
                  ROW - 1))
          .append(
              Texts.text(
                  "<title>position %s: %s</title></rect>\n",
                  Texts.number(call.position()), text(call, took)));
    }
    return label(svg, rows.size() * ROW, "0", Texts.time(Duration.between(begin, end)));
  }

  /** One bar for each class of time. */
  static String latencies(List<Latencies.Bar> bars) {
    long highest = bars.stream().mapToLong(Latencies.Bar::calls).max().orElse(1);
    double width = (double) WIDTH / bars.size();
    StringBuilder svg = open(HEIGHT + LABEL, "how long calls took");
    for (int i = 0; i < bars.size(); i++) {
      Latencies.Bar bar = bars.get(i);
      column(svg, i * width, width, (double) bar.calls() / highest)
          .append(
              Texts.text(
                  "<title>%s: %s calls</title></rect>\n", bar.label(), Texts.number(bar.calls())));
      svg.append(
          Texts.text(
              "<text x=\"%s\" y=\"%d\" text-anchor=\"middle\">%s</text>\n",
              Texts.decimal((i + 0.5) * width), HEIGHT + LABEL - 4, bar.label()));
    }
    return svg.append("</svg>\n").toString();
  }

  /** One bar for each stretch of time. */
  static String throughput(Throughput throughput) {
    List<Long> counts = throughput.counts();
    long highest = counts.stream().mapToLong(Long::longValue).max().orElse(1);
    double width = (double) WIDTH / counts.size();
    double seconds = throughput.width().toMillis() / 1000.0;
    StringBuilder svg = open(HEIGHT + LABEL, "calls that ended, over time");
    for (int i = 0; i < counts.size(); i++) {
      column(svg, i * width, width, (double) counts.get(i) / highest)
          .append(
              Texts.text(
                  "<title>%s in %s: %s a second</title></rect>\n",
                  Texts.number(counts.get(i)),
                  Texts.time(throughput.width()),
                  Texts.number(Math.round(counts.get(i) / seconds))));
    }
    return label(svg, HEIGHT, "0", Texts.time(throughput.width().multipliedBy(counts.size())));
  }

  private static StringBuilder column(StringBuilder svg, double x, double width, double share) {
    double height = HEIGHT * share;
    return svg.append(
        Texts.text(
            "<rect class=\"delivered\" x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\">",
            Texts.decimal(x),
            Texts.decimal(HEIGHT - height),
            Texts.decimal(Math.max(0.5, width - 1)),
            Texts.decimal(height)));
  }

  private static StringBuilder open(int height, String name) {
    return new StringBuilder()
        .append(
            Texts.text(
                "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">\n",
                WIDTH, height, name));
  }

  private static String label(StringBuilder svg, int top, String left, String right) {
    return svg.append(Texts.text("<text x=\"0\" y=\"%d\">%s</text>\n", top + LABEL - 4, left))
        .append(
            Texts.text(
                "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>\n</svg>\n",
                WIDTH, top + LABEL - 4, right))
        .toString();
  }

  private static Instant end(RunCalls.Drawn call) {
    Instant end = Objects.requireNonNullElse(call.endedAt(), call.startedAt());
    return end.isBefore(call.startedAt()) ? call.startedAt() : end;
  }

  private static String kind(RunCalls.Drawn call) {
    return switch (call.status()) {
      case DELIVERED -> "delivered";
      case PARKED, DISCARDED -> "failed";
      case PENDING, IN_FLIGHT -> "back";
    };
  }

  private static String text(RunCalls.Drawn call, Duration took) {
    if (call.status() == Status.PENDING || call.status() == Status.IN_FLIGHT) {
      return "went back in line";
    }
    return Texts.time(took) + ", " + (call.status() == Status.DELIVERED ? "delivered" : "parked");
  }
}
