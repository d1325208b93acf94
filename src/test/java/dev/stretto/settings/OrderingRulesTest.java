package dev.stretto.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stretto.dispatch.DispatchSettings;
import dev.stretto.dispatch.DispatchSettings.Keys;
import dev.stretto.settings.ChannelSettings.Overrides;
import dev.stretto.transport.InvalidSettingException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

/** Which policies go with which ordering; the table of them in the documents names this test. */
class OrderingRulesTest {

  private static final String SPACE = "stretto.channels.space.";

  @ParameterizedTest
  @CsvSource({
    "start, while-retrying, continue", "start, while-retrying, hold",
    "key, while-retrying, continue", "key, while-retrying, hold",
    "strict, while-retrying, hold", "start, on-exhausted, park",
    "start, on-exhausted, hold", "key, on-exhausted, park",
    "key, on-exhausted, hold", "key, on-exhausted, block-key",
    "strict, on-exhausted, park", "strict, on-exhausted, hold",
    "start, on-unknown, resend", "start, on-unknown, quarantine",
    "key, on-unknown, resend", "key, on-unknown, quarantine",
    "strict, on-unknown, resend", "strict, on-unknown, quarantine",
    "key, look-ahead, 64", "key, key-rate, 1/s",
    "key, retry-after, key", "start, retry-after, channel"
  })
  void whatGoesWithAnOrderingIsTaken(String ordering, String property, String value) {
    assertThat(settings(ordering, property, value).ordering().name())
        .isEqualToIgnoringCase(ordering);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "start | on-exhausted | block-key | block-key needs ordering key, not start",
        "strict | on-exhausted | block-key | block-key needs ordering key, not strict",
        "strict | while-retrying | continue | continue does not go with ordering strict,"
            + " where nothing overtakes; leave it out",
        "start | look-ahead | 100 | needs ordering key, not start",
        "strict | look-ahead | 100 | needs ordering key, not strict",
        "strict | key-rate | 1/s | needs ordering key, not strict; use rate, or leave it out",
        "key | key-rate | 1 | must be a number of starts a second, minute or hour, such as 20/s,"
            + " 100/m, 1000/h",
        "strict | retry-after | key | key needs ordering key, not strict; leave it out",
        "key | look-ahead | 63 | must not be less than stretto.channels.space.window, 64; it is 63"
      })
  void whatMakesNoSenseIsRefused(String ordering, String property, String value, String problem) {
    assertThatThrownBy(() -> settings(ordering, property, value))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessage(SPACE + property + ": " + problem);
  }

  @Test
  void keyOrderReadsSixteenWindowsAheadAndTheOthersOne() {
    assertThat(settings("key", "window", "10").lookAhead()).isEqualTo(160);
    assertThat(settings("key", "window", "10").laneDepth()).isEqualTo(16);
    assertThat(settings("start", "window", "10").lookAhead()).isEqualTo(10);
    assertThat(settings("strict", "window", "10").lookAhead()).isEqualTo(10);
  }

  @Test
  void aLookAheadIsLeftOutWhereAnOptionReplacesKeyOrder() {
    ChannelSettings space = channel("key", "look-ahead", "640");

    assertThat(space.with(new Overrides("start", null, null)).dispatch().lookAhead()).isEqualTo(64);
    assertThat(space.with(new Overrides(null, null, null)).dispatch().lookAhead()).isEqualTo(640);
  }

  @Test
  void whatIsSaidOfKeysIsLeftOutWhereAnOptionReplacesKeyOrder() {
    for (String[] keyed :
        List.of(new String[] {"key-rate", "1/s"}, new String[] {"retry-after", "key"})) {
      ChannelSettings space = channel("key", keyed[0], keyed[1]);

      assertThat(space.with(new Overrides("strict", null, null)).dispatch().keys())
          .isEqualTo(Keys.NONE);
      assertThat(space.with(new Overrides(null, 8, null)).dispatch().keys())
          .isEqualTo(space.dispatch().keys())
          .isNotEqualTo(Keys.NONE);
    }
  }

  @Test
  void ofAKeyThatIsCalledSeldomTwoMessagesAreInMemory() {
    assertThat(settings("key", "key-rate", "1/s").laneDepth()).isEqualTo(2);
    assertThat(settings("key", "key-rate", "3/s").laneDepth()).isEqualTo(16);
    assertThat(settings("key", "key-rate", "100/m").keys().interval())
        .isEqualTo(Duration.ofMillis(600));
  }

  private static DispatchSettings settings(String ordering, String property, String value) {
    return channel(ordering, property, value).dispatch();
  }

  private static ChannelSettings channel(String ordering, String property, String value) {
    Map<String, Object> properties = new HashMap<>();
    properties.put(SPACE + "transport", "http");
    properties.put(SPACE + "ordering", ordering);
    properties.put(SPACE + property, value);
    StandardEnvironment environment = new StandardEnvironment();
    environment.getPropertySources().addFirst(new MapPropertySource("test", properties));
    return Channels.bind(environment, Set.of("http")).require("--channel", "space");
  }
}
