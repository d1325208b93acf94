package dev.stretto.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What the page counts while it reads, in memory that does not grow. */
class CountsTest {

  @Test
  void aSampleKeepsEveryNth() {
    for (int seen : new int[] {0, 1, 9, 10, 11, 20, 21, 1000, 12_345}) {
      Sample<Integer> sample = new Sample<>(10);
      for (int i = 0; i < seen; i++) {
        sample.add(i);
      }
      long stride = sample.stride();
      assertThat(sample.kept())
          .hasSize((int) ((seen + stride - 1) / stride))
          .hasSizeLessThanOrEqualTo(10)
          .allSatisfy(kept -> assertThat(kept % stride).isZero());
      if (seen > 10) {
        assertThat(sample.kept()).hasSizeGreaterThan(5);
      }
    }
  }

  @Test
  void throughputCountsEveryCallHoweverLongTheRun() {
    Throughput throughput = new Throughput();
    throughput.add(-5);
    for (int i = 1; i < 100_000; i++) {
      throughput.add(i * 37L);
    }

    assertThat(throughput.counts().stream().mapToLong(Long::longValue).sum()).isEqualTo(100_000);
    assertThat(throughput.counts().size()).isBetween(101, 200);
    long width = throughput.width().toMillis();
    assertThat(throughput.counts().subList(1, throughput.counts().size() - 1))
        .allSatisfy(count -> assertThat((double) count).isBetween(width / 38.0, width / 36.0));
  }

  @Test
  void latenciesAreWithinSevenPercent() {
    Latencies latencies = new Latencies();
    latencies.add(-1);
    for (int i = 1; i < 1000; i++) {
      latencies.add(i);
    }

    assertThat(latencies.calls()).isEqualTo(1000);
    assertThat(latencies.within(0.5).toMillis()).isBetween(490L, 540L);
    assertThat(latencies.within(0.99).toMillis()).isBetween(980L, 999L);
    assertThat(latencies.longest()).isEqualTo(Duration.ofMillis(999));
    assertThat(latencies.distribution().stream().mapToLong(Latencies.Bar::calls).sum())
        .isEqualTo(1000);
    assertThat(latencies.distribution().getFirst()).isEqualTo(new Latencies.Bar("≤ 1 ms", 2));
    assertThat(latencies.distribution().getLast().label()).isEqualTo("≤ 1 s");
  }

  @Test
  void textsAreEscapedAndTimesReadable() {
    assertThat(Texts.escaped("<b a=\"1\" b='2'>&\u001b\nx\ud800"))
        .isEqualTo("&lt;b a=&quot;1&quot; b=&#39;2&#39;&gt;&amp;? x?");
    assertThat(Texts.time(Duration.ofMillis(999))).isEqualTo("999 ms");
    assertThat(Texts.time(Duration.ofMillis(2500))).isEqualTo("2.50 s");
    assertThat(Texts.time(Duration.ofMinutes(1))).isEqualTo("1 min");
    assertThat(Texts.time(Duration.ofMinutes(122))).isEqualTo("2 h 2 min");
  }
}
