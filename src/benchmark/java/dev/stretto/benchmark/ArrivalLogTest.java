package dev.stretto.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Slow in name only: it is compiled where the benchmark is, for the slow tests. */
@Tag("slow")
class ArrivalLogTest {

  private static final InstantSource CLOCK = InstantSource.fixed(Instant.ofEpochMilli(7));

  @Test
  void aNewPositionAfterAHigherOneIsOutOfOrder() {
    ArrivalLog.Seen seen = seen(1, 1, 3, 2, 4);

    assertThat(seen.violations()).isEqualTo(1);
    assertThat(seen.duplicates()).isZero();
    assertThat(seen.distinct()).isEqualTo(4);
    assertThat(seen.firstMillis()).isEqualTo(7);
  }

  @Test
  void aPositionThatCameBeforeIsADuplicateAndNotOutOfOrder() {
    ArrivalLog.Seen seen = seen(1, 1, 2, 1);

    assertThat(seen.duplicates()).isEqualTo(1);
    assertThat(seen.violations()).isZero();
    assertThat(seen.requests()).isEqualTo(3);
    assertThat(seen.distinct()).isEqualTo(2);
  }

  @Test
  void eachLaneHasAnOrderOfItsOwn() {
    assertThat(seen(2, 4, 1, 3, 2).violations()).isEqualTo(1);
  }

  private static ArrivalLog.Seen seen(int lanes, long... positions) {
    ArrivalLog log = new ArrivalLog(lanes, CLOCK);
    for (long position : positions) {
      log.arrived(position);
    }
    return log.seen(0);
  }
}
