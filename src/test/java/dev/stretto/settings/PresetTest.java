package dev.stretto.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stretto.dispatch.DispatchSettings.Keys;
import dev.stretto.dispatch.DispatchSettings.Ordering;
import dev.stretto.dispatch.DispatchSettings.RetryAfter;
import dev.stretto.transport.InvalidSettingException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

class PresetTest {

  private static final String SPACE = "stretto.channels.space.";

  @Test
  void itSaysWhatTheChannelDoesNot() {
    ChannelSettings channel =
        channel(Map.of("preset", "matrix", "http.url", "https://matrix.example.org"));

    assertThat(channel.transport()).isEqualTo("http");
    assertThat(channel.dispatch().ordering()).isEqualTo(Ordering.KEY);
  }

  @Test
  void whatTheChannelSaysItselfWins() {
    ChannelSettings channel = channel(Map.of("preset", "telegram", "ordering", "strict"));

    assertThat(channel.dispatch().ordering()).isEqualTo(Ordering.STRICT);
  }

  @Test
  void whatAPresetSaysOfKeysHoldsInKeyOrderOnly() {
    assertThat(channel(Map.of("preset", "telegram")).dispatch().keys())
        .isEqualTo(new Keys(Duration.ofSeconds(1), RetryAfter.KEY));
    assertThat(channel(Map.of("preset", "telegram", "key-rate", "3/m")).dispatch().keys())
        .isEqualTo(new Keys(Duration.ofSeconds(20), RetryAfter.KEY));
    assertThat(channel(Map.of("preset", "telegram", "ordering", "start")).dispatch().keys())
        .isEqualTo(Keys.NONE);
    assertThatThrownBy(
            () -> channel(Map.of("preset", "telegram", "ordering", "start", "key-rate", "1/s")))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessage(SPACE + "key-rate: needs ordering key, not start; use rate, or leave it out");
  }

  @ParameterizedTest
  @ValueSource(strings = {"slak", "Slack", "../presets/slack", ""})
  void oneThatThereIsNotIsRefusedWithThoseThatThereAre(String name) {
    assertThatThrownBy(() -> channel(Map.of("preset", name)))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessage(
            SPACE
                + "preset: must be one of discord, matrix, mattermost, slack, slack-webhook,"
                + " standard-webhooks, teams, telegram, not "
                + name);
  }

  @Test
  void itGoesWithItsOwnTransportOnly() {
    assertThatThrownBy(() -> channel(Map.of("preset", "slack", "transport", "java")))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessage(SPACE + "preset: slack goes with transport http only, not java");
  }

  private static ChannelSettings channel(Map<String, Object> properties) {
    StandardEnvironment environment = new StandardEnvironment();
    Map<String, Object> named = new HashMap<>();
    properties.forEach((name, value) -> named.put(SPACE + name, value));
    environment.getPropertySources().addFirst(new MapPropertySource("test", named));
    return Channels.bind(environment, Set.of("http", "java")).require("--channel", "space");
  }
}
