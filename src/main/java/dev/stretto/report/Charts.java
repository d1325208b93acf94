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

  private Charts() {}

  /** One line a call, from its start to its end, in start order from the top. */
  static String timeline(List<RunCalls.Drawn> calls) {
    List<RunCalls.Drawn> rows =
        calls.stream().sorted(Comparator.comparing(RunCalls.Drawn::startedAt)).toList();
    Instant begin = rows.getFirst().startedAt();
    Instant end = rows.stream().map(Charts::end).max(Comparator.naturalOrder()).orElseThrow();
    double span = Math.max(1, Duration.between(begin, end).toMillis());
    StringBuilder svg = open(rows.size() * ROW, "calls over time");
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
    return axis(svg, Duration.between(begin, end));
  }

  /** One bar for each class of time. */
  static String latencies(List<Latencies.Bar> bars) {
    long highest = bars.stream().mapToLong(Latencies.Bar::calls).max().orElse(1);
    double width = (double) WIDTH / bars.size();
    StringBuilder svg = open(HEIGHT, "how long calls took");
    for (int i = 0; i < bars.size(); i++) {
      Latencies.Bar bar = bars.get(i);
      column(svg, i * width, width, (double) bar.calls() / highest)
          .append(
              Texts.text(
                  "<title>%s: %s calls</title></rect>\n", bar.label(), Texts.number(bar.calls())));
    }
    svg.append("</svg>\n<p class=\"axis bars\">");
    bars.forEach(bar -> svg.append(Texts.text("<span>%s</span>\n", bar.label())));
    return svg.append("</p>\n").toString();
  }

  /** One bar for each stretch of time. */
  static String throughput(Throughput throughput) {
    List<Long> counts = throughput.counts();
    long highest = counts.stream().mapToLong(Long::longValue).max().orElse(1);
    double width = (double) WIDTH / counts.size();
    double seconds = throughput.width().toMillis() / 1000.0;
    StringBuilder svg = open(HEIGHT, "calls that ended, over time");
    for (int i = 0; i < counts.size(); i++) {
      column(svg, i * width, width, (double) counts.get(i) / highest)
          .append(
              Texts.text(
                  "<title>%s in %s: %s a second</title></rect>\n",
                  Texts.number(counts.get(i)),
                  Texts.time(throughput.width()),
                  Texts.number(Math.round(counts.get(i) / seconds))));
    }
    return axis(svg, throughput.width().multipliedBy(counts.size()));
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

  /** As wide as the window lets it be, and so many pixels high: lines stay as thick as they are. */
  private static StringBuilder open(int height, String name) {
    return new StringBuilder()
        .append(
            Texts.text(
                "<svg viewBox=\"0 0 %d %d\" height=\"%d\" preserveAspectRatio=\"none\" role=\"img\""
                    + " aria-label=\"%s\">\n",
                WIDTH, height, height, name));
  }

  /** Beside the picture, so that it is as large as other text. */
  private static String axis(StringBuilder svg, Duration end) {
    return svg.append(
            Texts.text(
                "</svg>\n<p class=\"axis\"><span>0</span> <span>%s</span></p>\n", Texts.time(end)))
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
