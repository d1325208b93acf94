package dev.stretto.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The benchmark still runs, and finds what it is there to find; it says nothing of speed. */
@Tag("slow")
class BenchmarkIT {

  /** Not also with other sizes of chunk and other numbers of keys. */
  private static final String ONE_OF_EACH_CONTENDER =
      "Throughput, .*HTTP/2, 0, window 64: (?!.*chunk 1000|.* 1 keys|.*10,000 keys)";

  @TempDir private Path folder;

  @Test
  void everyContenderSendsAllOnceAndStrettoInOrder() throws Exception {
    Benchmark benchmark = run(ONE_OF_EACH_CONTENDER + "|Commands");

    assertThat(benchmark.outcome().rows()).hasSize(6 + 3);
    String table = Files.readString(folder.resolve("benchmark.md"));
    for (Row row : benchmark.outcome().rows()) {
      assertThat(table).contains("| " + row.label());
      assertThat(row.failures()).as(row.label()).isEmpty();
      assertThat(row.values(Metric.DUPLICATES)).as(row.label()).allMatch(count -> count == 0);
      assertThat(row.values(Metric.LOSSES)).as(row.label()).allMatch(count -> count == 0);
      if (!row.label().contains("stock")) {
        assertThat(row.values(Metric.VIOLATIONS)).as(row.label()).allMatch(count -> count == 0);
      }
    }
  }

  @Test
  void aBacklogTellsItsFirstCallItsRowsReadAndItsHeap() throws Exception {
    Benchmark benchmark = run("Long backlogs, H2, 1,000,000 rows");

    assertThat(benchmark.outcome().rows())
        .singleElement()
        .satisfies(row -> {
          assertThat(row.failures()).isEmpty();
          assertThat(row.values(Metric.FIRST_CALL)).allMatch(seconds -> seconds > 0);
          assertThat(row.values(Metric.ROWS_READ)).allMatch(rows -> rows >= 1);
          assertThat(row.values(Metric.HEAP)).allMatch(mebibytes -> mebibytes > 0);
        });
  }

  @Test
  void aHistoryTellsWhatCommandsTakeBesideIt() throws Exception {
    Benchmark benchmark = run("Long histories, H2, 10,000 delivered");

    assertThat(benchmark.outcome().rows())
        .singleElement()
        .satisfies(row -> {
          assertThat(row.failures()).isEmpty();
          for (Metric metric : Section.HISTORY.columns()) {
            assertThat(row.values(metric)).as(metric.heading()).allMatch(seconds -> seconds > 0);
          }
        });
  }

  @Test
  void aProgramGetsAllOnceAndInOrder() throws Exception {
    Benchmark benchmark = run("a program that answers at once");

    assertThat(benchmark.outcome().rows())
        .hasSize(2)
        .allSatisfy(row -> {
          assertThat(row.failures()).isEmpty();
          for (Metric none : List.of(Metric.VIOLATIONS, Metric.DUPLICATES, Metric.LOSSES)) {
            assertThat(row.values(none)).as(none.heading()).allMatch(count -> count == 0);
          }
          assertThat(row.values(Metric.OF_CEILING)).allMatch(share -> share > 0);
        });
  }

  private Benchmark run(String only) {
    Benchmark benchmark = new Benchmark();
    new CommandLine(benchmark)
        .execute(
            "--distribution",
            System.getProperty("stretto.distribution"),
            "--output",
            folder.toString(),
            "--runs",
            "1",
            "--scale",
            "0.01",
            "--only",
            only);
    return benchmark;
  }
}
