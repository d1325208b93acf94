package dev.stretto.benchmark;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * What a case came to.
 *
 * @param section its table
 * @param label what it is
 * @param runs what was measured each time it came to its end
 * @param failures why it did not, each time it did not
 */
record Row(Section section, String label, List<Map<Metric, Double>> runs, List<String> failures) {

  static Row of(Case measured) {
    return new Row(measured.section(), measured.label(), new ArrayList<>(), new ArrayList<>());
  }

  /** What was measured of one kind, run by run; empty where it does not apply. */
  List<Double> values(Metric metric) {
    return runs.stream().map(run -> run.get(metric)).filter(Objects::nonNull).toList();
  }

  /** A line of Markdown. */
  String markdown() {
    String cells =
        section.columns().stream()
            .map(column -> " | " + column.text(values(column)))
            .collect(Collectors.joining());
    String failed =
        failures.isEmpty()
            ? ""
            : " **failed in %d of %d: %s**"
                .formatted(
                    failures.size(),
                    failures.size() + runs.size(),
                    failures.getFirst().replace("|", "\\|"));
    return "| " + label + failed + cells + " |";
  }
}
