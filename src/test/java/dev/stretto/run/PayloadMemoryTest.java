package dev.stretto.run;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PayloadMemoryTest {

  private final PayloadMemory memory = new PayloadMemory(10);
  private final PayloadMemory.Share one = memory.share();
  private final PayloadMemory.Share other = memory.share();

  @Test
  void whatOneRunHoldsIsMissingToTheOther() {
    one.take(4);
    other.take(1);

    assertThat(other.fits(5)).isTrue();
    assertThat(other.fits(6)).isFalse();
    one.giveBack(4);
    assertThat(other.fits(9)).isTrue();
  }

  @Test
  void aRunThatHoldsNothingMayTakeOneMessageHoweverLong() {
    one.take(10);

    assertThat(other.fits(1000)).isTrue();
    other.take(1000);
    assertThat(other.fits(1)).isFalse();
  }

  @Test
  void whatARunThatIsOverHeldIsFreeOnce() {
    one.take(8);
    other.take(1);
    one.close();
    one.giveBack(8);

    assertThat(other.fits(9)).isTrue();
    assertThat(other.fits(10)).isFalse();
  }
}
