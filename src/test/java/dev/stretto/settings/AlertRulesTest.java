package dev.stretto.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stretto.dispatch.DispatchSettings.Alert;
import dev.stretto.transport.InvalidSettingException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

/** Which channel tells which. */
class AlertRulesTest {

  private static final String CHANNELS = "stretto.channels.";

  /** Of the channels {@code a}, {@code b} and {@code ops}. */
  private static Channels channels(Map<String, String> properties) {
    Map<String, Object> all = new LinkedHashMap<>(properties);
    for (String name : Set.of("a", "b", "ops")) {
      all.put(CHANNELS + name + ".transport", "http");
    }
    StandardEnvironment environment = new StandardEnvironment();
    environment.getPropertySources().addLast(new MapPropertySource("test", all));
    return Channels.bind(environment, Set.of("http"));
  }

  private static @Nullable Alert alert(Channels channels, String name) {
    return channels.require("--channel", name).dispatch().alert();
  }

  @Test
  void nobodyIsToldUnlessAChannelIsNamed() {
    assertThat(alert(channels(Map.of()), "a")).isNull();
  }

  @Test
  void aChannelTellsTheOneItNamesAfterItsOwnTime() {
    Channels channels =
        channels(
            Map.of(
                CHANNELS + "a.alert.channel", "ops",
                CHANNELS + "b.alert.channel", "ops",
                CHANNELS + "b.alert.gate-after", "30d"));

    assertThat(alert(channels, "a")).isEqualTo(new Alert("ops", Duration.ofMinutes(5)));
    assertThat(alert(channels, "b")).isEqualTo(new Alert("ops", Duration.ofDays(30)));
    assertThat(alert(channels, "ops")).isNull();
  }

  @Test
  void whatHoldsForAllHoldsForThoseThatDoNotSayAndForNoneThatIsTold() {
    Channels channels =
        channels(
            Map.of(
                "stretto.alert.channel",
                "ops",
                "stretto.alert.gate-after",
                "1s",
                CHANNELS + "b.alert.channel",
                ""));

    assertThat(alert(channels, "a")).isEqualTo(new Alert("ops", Duration.ofSeconds(1)));
    assertThat(alert(channels, "b")).isNull();
    assertThat(alert(channels, "ops")).isNull();
  }

  @Test
  void aChannelThatIsToldMayTellAThird() {
    Channels channels =
        channels(Map.of("stretto.alert.channel", "ops", CHANNELS + "ops.alert.channel", "b"));

    assertThat(alert(channels, "a")).extracting(Alert::channel).isEqualTo("ops");
    assertThat(alert(channels, "ops")).extracting(Alert::channel).isEqualTo("b");
    assertThat(alert(channels, "b")).isNull();
  }

  @Test
  void anOptionOfTheCommandLineLeavesItAsItIs() {
    Channels channels = channels(Map.of(CHANNELS + "a.alert.channel", "ops"));

    assertThat(
            channels
                .require("--channel", "a")
                .with(new ChannelSettings.Overrides("strict", 2, null))
                .dispatch()
                .alert())
        .isEqualTo(new Alert("ops", Duration.ofMinutes(5)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "alert.channel | op | there is no channel op in the configuration; it has a, b, ops",
        "alert.channel | a | must be another channel, not a itself",
        "alert.gate-after | 999ms | must be between 1s and 30d",
        "alert.gate-after | 31d | must be between 1s and 30d",
        "alert.gate-after | 1m | needs stretto.channels.a.alert.channel, the channel that is told",
        "alert.gate-after | 60 | must be a time with a unit, such as 200ms, 30s, 5m or 24h, up to"
            + " 36500d, not 60",
        "alert.chanel | b | there is no such property; did you mean alert.channel?",
      })
  void refusesWhatCanNotBeMeantAndSaysWhatCan(String property, String value, String problem) {
    String whole = CHANNELS + "a." + property;
    Channels channels = channels(Map.of(whole, value));

    assertThatThrownBy(() -> channels.require("--channel", "a"))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessage(whole + ": " + problem);
    assertThat(alert(channels, "b")).as("the others are left alone").isNull();
  }

  @Test
  void refusesChannelsThatTellEachOther() {
    Channels channels =
        channels(
            Map.of(
                CHANNELS + "a.alert.channel", "b",
                CHANNELS + "b.alert.channel", "ops",
                CHANNELS + "ops.alert.channel", "a"));

    assertThatThrownBy(() -> channels.require("--channel", "a"))
        .hasMessage(
            "stretto.channels.a.alert.channel: leads back to the channel: a tells b tells ops tells"
                + " a; leave it out of one of them");
    assertThat(channels.faults()).hasSize(3);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "stretto.alert.channel | op | there is no channel op in the configuration; it has a, b,"
            + " ops",
        "stretto.alert.gate-after | 10ms | must be between 1s and 30d",
        "stretto.alert.gate-after | 10m | needs stretto.alert.channel",
      })
  void refusesWhatCanNotHoldForAll(String property, String value, String problem) {
    assertThatThrownBy(() -> channels(Map.of(property, value)))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessage(property + ": " + problem);
  }
}
