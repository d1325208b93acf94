package dev.stretto.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NamePatternTest {

  private static final List<String> NAMES = List.of("space", "customer-2", "customer-10", "other");

  @ParameterizedTest
  @CsvSource({
    "customer-*, customer-10 customer-2",
    "*-2, customer-2",
    "*, customer-10 customer-2 other space",
    "s*e, space",
    "s**e, space",
    "space*, space",
    "customer.*, ''",
    "Space*, ''",
  })
  void aStarStandsForAnyCharactersAndNothingElseDoes(String pattern, String meant) {
    assertThat(String.join(" ", NamePattern.matching(pattern, NAMES))).isEqualTo(meant);
  }

  @Test
  void aNameIsNoPattern() {
    assertThat(NamePattern.isPattern("customer-2")).isFalse();
    assertThat(NamePattern.isPattern("customer-*")).isTrue();
  }
}
