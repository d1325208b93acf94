package dev.stretto.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class LookBacksTest {

  private static final Duration PAUSE = Duration.ofSeconds(1);

  private long now;
  private final LookBacks lookBacks = new LookBacks(() -> now);

  @Test
  void aCheapLookIsDueAfterThePauseAgain() {
    assertThat(lookBacks.due(PAUSE)).isFalse();
    pass(Duration.ofMillis(1001));
    assertThat(lookBacks.due(PAUSE)).isTrue();

    look(Duration.ofMillis(50));
    pass(Duration.ofMillis(999));
    assertThat(lookBacks.due(PAUSE)).isFalse();
    pass(Duration.ofMillis(2));
    assertThat(lookBacks.due(PAUSE)).isTrue();
  }

  @Test
  void looksTakeAtMostATwentiethOfTheTimeHoweverDearTheyAre() {
    Duration looking = Duration.ZERO;
    Duration cost = Duration.ofMillis(1);
    long end = Duration.ofHours(10).toNanos();
    while (now < end) {
      if (lookBacks.due(PAUSE)) {
        look(cost);
        looking = looking.plus(cost);
        cost = cost.plusMillis(20);
      } else {
        pass(Duration.ofMillis(10));
      }
    }
    assertThat(cost).isGreaterThan(Duration.ofSeconds(5));
    // The pause behind the last one is not over.
    assertThat(looking.minus(cost))
        .isBetween(Duration.ofNanos(end / 40), Duration.ofNanos(end / 20));
  }

  @Test
  void looksAreFrequentAgainOnceTheyAreCheapAgain() {
    look(Duration.ofSeconds(10));
    pass(Duration.ofSeconds(189));
    assertThat(lookBacks.due(PAUSE)).isFalse();
    pass(Duration.ofSeconds(2));
    assertThat(lookBacks.due(PAUSE)).isTrue();

    look(Duration.ofMillis(1));
    pass(Duration.ofMillis(1001));
    assertThat(lookBacks.due(PAUSE)).isTrue();
  }

  private void look(Duration cost) {
    lookBacks.begin();
    pass(cost);
    lookBacks.end();
  }

  private void pass(Duration time) {
    now += time.toNanos();
  }
}
