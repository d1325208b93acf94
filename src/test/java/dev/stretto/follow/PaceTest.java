package dev.stretto.follow;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PaceTest {

  private static final long MS = 1_000_000;

  private final Pace pace = new Pace(0);

  @Test
  void looksOftenBehindWhatCameAndSeldomWhereNothingComes() {
    pace.looked(0, 0);
    assertThat(pace.dueAt()).isEqualTo(2 * MS);

    pace.looked(100_000 * MS, 100_000 * MS);
    assertThat(pace.dueAt() - 100_000 * MS).isEqualTo(100 * MS);

    pace.looked(3_600_000 * MS, 3_600_000 * MS);
    assertThat(pace.dueAt() - 3_600_000 * MS).isEqualTo(250 * MS);

    pace.came(3_600_000 * MS);
    assertThat(pace.dueAt() - 3_600_000 * MS).isEqualTo(2 * MS);
  }

  @Test
  void spendsASmallPartOfTheTimeOnLooksThatAreDear() {
    long now = 0;
    for (int look = 0; look < 40; look++) {
      pace.came(now);
      pace.looked(now, now + MS);
      now += MS;
    }

    assertThat(pace.dueAt() - now).isEqualTo(24 * MS);
  }

  @Test
  void oneLookThatHadToWaitForACoreDelaysTheNextByLittle() {
    pace.looked(0, 500 * MS);

    assertThat(pace.dueAt() - 500 * MS).isEqualTo(2 * MS);
  }
}
