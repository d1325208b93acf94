package dev.stretto.benchmark;

import java.nio.file.Path;
import java.util.Map;

/** A row of a table: something that is measured, as often as one likes. */
interface Case {

  Section section();

  /** What the row says; no two rows of a section say the same. */
  String label();

  /** About how long one run takes, for the estimate at the start. */
  double expectedSeconds();

  /**
   * Measures once. Blocks until then.
   *
   * @param folder empty, and this run's own
   * @throws FailedException where it did not come to its end
   */
  Map<Metric, Double> run(Path folder) throws Exception;
}
