package dev.stretto.transport.http.hosts;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class HostPausesTest {

  private long now;
  private final HostPauses pauses = new HostPauses(() -> now);

  private boolean calls(String host) {
    return pauses.paused(host) == null;
  }

  @Test
  void aHostInTroubleIsLeftAloneAndOthersAreNot() {
    pauses.troubled("dead", "refused");

    assertThat(pauses.paused("dead")).isEqualTo(new HostPauses.Paused(HostPauses.FIRST, "refused"));
    assertThat(calls("live")).isTrue();
  }

  @Test
  void oneCallTriesAgainAndTheNextTimeIsTwiceAsLongUpToABound() {
    Duration pause = HostPauses.FIRST;
    pauses.troubled("dead", "refused");
    for (int tries = 0; tries < 8; tries++) {
      // Those that had started before come to the same end.
      pauses.troubled("dead", "refused");
      now += pause.toNanos() - 1;
      assertThat(calls("dead")).isFalse();
      now++;
      assertThat(calls("dead")).as("one tries after %s", pause).isTrue();
      assertThat(calls("dead")).as("and no other").isFalse();
      pauses.troubled("dead", "refused");
      pause = pause.multipliedBy(2);
      pause = pause.compareTo(HostPauses.LONGEST) < 0 ? pause : HostPauses.LONGEST;
    }
  }

  @Test
  void anAnswerEndsThePause() {
    pauses.troubled("dead", "refused");
    pauses.answered("dead");

    assertThat(calls("dead")).isTrue();
    assertThat(calls("dead")).isTrue();
  }

  @Test
  void aCallThatTriesAndIsNeverHeardOfKeepsNobodyWaiting() {
    pauses.troubled("dead", "refused");
    now += HostPauses.FIRST.toNanos();
    assertThat(calls("dead")).isTrue();

    now += HostPauses.FIRST.toNanos();

    assertThat(calls("dead")).isTrue();
  }

  @Test
  void theFirstOfTooManyIsForgotten() {
    for (int host = 0; host <= HostPauses.MOST; host++) {
      pauses.troubled("host" + host, "refused");
    }

    assertThat(calls("host0")).isTrue();
    assertThat(calls("host1")).isFalse();
  }
}
