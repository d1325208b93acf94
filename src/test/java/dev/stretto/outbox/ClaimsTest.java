package dev.stretto.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stretto.outbox.Claims.Claim;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClaimsTest {

  @Test
  void aRunOfClaimsIsOneEntry() {
    assertThat(Claims.NONE.text()).isEmpty();
    assertThat(new Claims(List.of(new Claim(7, 12))).text()).isEqualTo("7:12");
    assertThat(
            new Claims(
                    List.of(
                        new Claim(7, 12),
                        new Claim(9, 14),
                        new Claim(10, 15),
                        new Claim(11, 16),
                        new Claim(12, 30)))
                .text())
        .isEqualTo("7:12 9:14+2 12:30");
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void whatIsWrittenIsReadAgain(long seed) {
    Random random = new Random(seed);
    List<Claim> claims = new ArrayList<>();
    long position = 0;
    long id = random.nextLong(1_000_000);
    for (int i = 0; i < random.nextInt(300); i++) {
      position += random.nextInt(10) == 0 ? 1 + random.nextInt(50) : 1;
      id += random.nextInt(10) == 0 ? random.nextInt(-50, 50) : 1;
      claims.add(new Claim(position, id));
    }

    assertThat(Claims.of(new Claims(claims).text())).isEqualTo(new Claims(claims));
  }

  @ParameterizedTest
  @ValueSource(strings = {"7", "7:", ":7", "7:x", "7:1+", "7:1  8:2", "7:1+x"})
  void whatIsNoClaimIsNamed(String text) {
    assertThatThrownBy(() -> Claims.of(text))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("outbox_channel.claims");
  }
}
