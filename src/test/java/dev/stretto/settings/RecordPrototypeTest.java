package dev.stretto.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stretto.transport.InvalidSettingException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

/** Channels that differ in texts have them all, and are read once otherwise. */
class RecordPrototypeTest {

  record Way(
      @Nullable String url,
      @DefaultValue("POST") String method,
      @DefaultValue("30s") Duration timeout,
      @DefaultValue Map<String, String> headers) {

    Way {
      if (method.equals("DROP")) {
        throw new IllegalArgumentException("no such method");
      }
    }
  }

  @Test
  void aUrlOfAChannelsOwnIsAllThatIsReadAnew() {
    Channels channels =
        channels(
            Map.of(
                "a.http.url",
                "http://a",
                "a.http.headers.X",
                "1",
                "a.http.timeout",
                "2s",
                "b.http.url",
                "http://b",
                "b.http.headers.X",
                "1",
                "b.http.timeout",
                "2s"));

    Way a = way(channels, "a");
    Way b = way(channels, "b");

    assertThat(a).isEqualTo(new Way("http://a", "POST", Duration.ofSeconds(2), Map.of("X", "1")));
    assertThat(b).isEqualTo(new Way("http://b", "POST", Duration.ofSeconds(2), Map.of("X", "1")));
    assertThat(b.headers()).isSameAs(a.headers());
    assertThat(way(channels, "b")).isSameAs(b);
  }

  @Test
  void whatDiffersOtherwiseIsReadAnew() {
    Channels channels =
        channels(
            Map.of(
                "a.http.url",
                "http://a",
                "a.http.timeout",
                "2s",
                "b.http.url",
                "http://b",
                "b.http.timeout",
                "3s",
                "c.http.timeout",
                "2s",
                "d.http.url",
                "http://d",
                "d.http.timeout",
                "2s",
                "d.http.method",
                "PUT"));

    assertThat(List.of("a", "b", "c", "d"))
        .extracting(name -> way(channels, name))
        .containsExactly(
            new Way("http://a", "POST", Duration.ofSeconds(2), Map.of()),
            new Way("http://b", "POST", Duration.ofSeconds(3), Map.of()),
            new Way(null, "POST", Duration.ofSeconds(2), Map.of()),
            new Way("http://d", "PUT", Duration.ofSeconds(2), Map.of()));
  }

  /** By the binder itself, which reads the one that is alone. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        " http://x ",
        "a, b",
        "007",
        "true",
        "#{1}",
        "\\${x}",
        "$",
        "é\n",
        "${P}/"
      })
  void aTextIsWhatTheBinderMakesOfIt(String text) {
    Way alone = way(channels(Map.of("b.http.url", text)), "b");
    Channels channels = channels(Map.of("a.http.url", "http://a", "b.http.url", text));

    assertThat(way(channels, "a").url()).isEqualTo("http://a");
    assertThat(way(channels, "b")).isEqualTo(alone);
  }

  @ParameterizedTest
  @CsvSource({"URL", "Url", "u-rl"})
  void aSourceThatWinsMaySpellItOtherwise(String spelling) {
    Channels channels =
        channels(
            Map.of("a.http." + spelling, "http://over", "b.http." + spelling, "http://over"),
            Map.of("a.http.url", "http://a", "b.http.url", "http://b"));

    assertThat(way(channels, "a").url()).isEqualTo("http://over");
    assertThat(way(channels, "b").url()).isEqualTo("http://over");
  }

  @Test
  void theSourceThatWinsHasTheText() {
    Channels channels =
        channels(
            Map.of("a.http.url", "http://over", "b.http.url", "http://over"),
            Map.of("a.http.url", "http://a", "b.http.url", "http://b"));

    assertThat(way(channels, "a").url()).isEqualTo("http://over");
    assertThat(way(channels, "b").url()).isEqualTo("http://over");
  }

  @Test
  void aTextThatCantBeUsedIsNamedWithItsChannel() {
    Channels channels =
        channels(
            Map.of(
                "a.http.method", "PUT",
                "b.http.method", "DROP",
                "c.http.method", "${STRETTO_TEST_UNSET}"));

    assertThat(way(channels, "a").method()).isEqualTo("PUT");
    assertThatThrownBy(() -> way(channels, "b"))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessageContaining("stretto.channels.b.http");
    assertThatThrownBy(() -> way(channels, "c"))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessageContaining("stretto.channels.c.http.method")
        .hasMessageContaining("STRETTO_TEST_UNSET");
  }

  private static Way way(Channels channels, String name) {
    return channels.require("--channel", name).transportSettings().bind(Way.class);
  }

  /** Of sources from the one that wins on; each channel is given the transport. */
  @SafeVarargs
  private static Channels channels(Map<String, String>... sources) {
    StandardEnvironment environment = new StandardEnvironment();
    for (int i = 0; i < sources.length; i++) {
      Map<String, Object> all = new LinkedHashMap<>();
      sources[i].forEach((name, value) -> {
        all.put("stretto.channels." + name, value);
        all.put("stretto.channels." + name.charAt(0) + ".transport", "http");
      });
      all.put("P", "http://filled");
      environment.getPropertySources().addLast(new MapPropertySource("test " + i, all));
    }
    return Channels.bind(environment, Set.of("http"));
  }
}
