package dev.stretto.transport;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ReturnedCallsTest {

  private final ReturnedCalls returned = new ReturnedCalls();

  @Test
  void noFirstAttemptOvertakesOneThatWentBack() {
    returned.add(Driver.call(7));
    returned.add(Driver.call(8));

    assertThat(returned.overtakes(Driver.call(6))).isFalse();
    assertThat(returned.overtakes(Driver.call(8))).isTrue();
    assertThat(returned.overtakes(Driver.call(9))).isTrue();
    assertThat(returned.overtakes(Driver.call(7))).isFalse();
    assertThat(returned.overtakes(Driver.call(8))).isFalse();
    assertThat(returned.overtakes(Driver.call(9))).isFalse();
  }

  @Test
  void laterAttemptsAreInNoOrder() {
    Call again = new Call(Driver.call(7).message(), 2, 42);
    returned.add(again);
    assertThat(returned.overtakes(Driver.call(8))).isFalse();

    returned.add(Driver.call(6));
    assertThat(returned.overtakes(again)).isFalse();
  }
}
