package dev.stretto.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stretto.dispatch.DispatchSettings;
import dev.stretto.dispatch.DispatchSettings.Keys;
import dev.stretto.dispatch.DispatchSettings.OnExhausted;
import dev.stretto.dispatch.DispatchSettings.OnUnknown;
import dev.stretto.dispatch.DispatchSettings.Ordering;
import dev.stretto.dispatch.DispatchSettings.Rate;
import dev.stretto.dispatch.DispatchSettings.Retry;
import dev.stretto.dispatch.DispatchSettings.RetryAfter;
import dev.stretto.dispatch.DispatchSettings.Unavailable;
import dev.stretto.dispatch.DispatchSettings.WhileRetrying;
import dev.stretto.settings.ChannelSettings.Overrides;
import dev.stretto.transport.InvalidSettingException;
import java.nio.file.Path;
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
import org.springframework.core.env.SystemEnvironmentPropertySource;

class ChannelsTest {

  private static final String SPACE = "stretto.channels.space.";

  @Test
  void everyDefaultIsPinned() {
    DispatchSettings settings = dispatch(Map.of());

    assertThat(settings)
        .isEqualTo(
            new DispatchSettings(
                Ordering.START,
                64,
                64,
                null,
                Duration.ZERO,
                Keys.NONE,
                new Retry(
                    5, Duration.ofMillis(200), 2, Duration.ofSeconds(30), Duration.ofHours(24)),
                WhileRetrying.CONTINUE,
                OnExhausted.PARK,
                OnUnknown.RESEND,
                new Unavailable(
                    10,
                    Duration.ofSeconds(30),
                    Duration.ofMillis(500),
                    Duration.ofSeconds(10),
                    Duration.ofHours(24)),
                Duration.ofSeconds(30),
                null));
  }

  @Test
  void everyPropertyNameIsPinned() {
    Map<String, Object> properties = new LinkedHashMap<>();
    properties.put("ordering", "key");
    properties.put("window", 7);
    properties.put("look-ahead", 70);
    properties.put("rate", "100/m");
    properties.put("burst", 9);
    properties.put("stagger", "20ms");
    properties.put("key-rate", "50/s");
    properties.put("retry-after", "key");
    properties.put("retry.attempts", 3);
    properties.put("retry.backoff", "1s");
    properties.put("retry.multiplier", 1.5);
    properties.put("retry.max-backoff", "2m");
    properties.put("retry.give-up", "3d");
    properties.put("while-retrying", "hold");
    properties.put("on-exhausted", "park");
    properties.put("on-unknown", "quarantine");
    properties.put("unavailable.after", 20);
    properties.put("unavailable.patience", "0s");
    properties.put("unavailable.backoff", "1s");
    properties.put("unavailable.max-backoff", "2s");
    properties.put("unavailable.max-retry-after", "1h");
    properties.put("drain", "5s");

    assertThat(dispatch(properties))
        .isEqualTo(
            new DispatchSettings(
                Ordering.KEY,
                7,
                70,
                new Rate(100, Duration.ofMinutes(1), 9),
                Duration.ofMillis(20),
                new Keys(Duration.ofMillis(20), RetryAfter.KEY),
                new Retry(3, Duration.ofSeconds(1), 1.5, Duration.ofMinutes(2), Duration.ofDays(3)),
                WhileRetrying.HOLD,
                OnExhausted.PARK,
                OnUnknown.QUARANTINE,
                new Unavailable(
                    20,
                    Duration.ZERO,
                    Duration.ofSeconds(1),
                    Duration.ofSeconds(2),
                    Duration.ofHours(1)),
                Duration.ofSeconds(5),
                null));
  }

  @ParameterizedTest
  @CsvSource({"start, PARK", "key, BLOCK_KEY", "strict, HOLD"})
  void whatHappensToAnExhaustedMessageFollowsFromTheOrdering(
      String ordering, OnExhausted expected) {
    assertThat(dispatch(Map.of("ordering", ordering)).onExhausted()).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({"20/s, 64, 20", "100/m, 64, 1", "1000/h, 64, 1", "500/s, 64, 64", "120/m, 64, 2"})
  void theDefaultBurstIsTheStartsOfASecondButNotAboveTheWindow(String rate, int window, int burst) {
    assertThat(dispatch(Map.of("rate", rate, "window", window)).rate())
        .extracting(Rate::burst)
        .isEqualTo(burst);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "windwo | 3 | there is no such property; did you mean window?",
        "retry.max-backof | 3s | there is no such property; did you mean retry.max-backoff?",
        "htp.url | x | there is no such property",
        "window | 0 | must be 1 or more, not 0",
        "window | many | must be a whole number, not many",
        "rate | 20/x | must be a number of starts a second, minute or hour, such as 20/s, 100/m,"
            + " 1000/h",
        "rate | 0/s | must be a number of starts a second, minute or hour, such as 20/s, 100/m,"
            + " 1000/h",
        "burst | 3 | needs a rate, such as 20/s",
        "key-rate | 1/s | needs ordering key, not start; use rate, or leave it out",
        "retry-after | key | key needs ordering key, not start; leave it out",
        "retry-after | room | must be one of channel, key, not room",
        "ordering | fifo | must be one of start, key, strict, not fifo",
        "on-exhausted | drop | must be one of park, hold, block-key, not drop",
        "on-exhausted | block-key | block-key needs ordering key, not start",
        "drain | -1s | must not be negative",
        "drain | 30 | must be a time with a unit, such as 200ms, 30s, 5m or 24h, up to 36500d, not"
            + " 30",
        "drain | 36501d | must be a time with a unit, such as 200ms, 30s, 5m or 24h, up to 36500d,"
            + " not 36501d",
        "drain | soon | must be a time with a unit, such as 200ms, 30s, 5m or 24h, up to 36500d,"
            + " not soon",
        "retry.attempts | 0 | must be 1 or more, not 0",
        "retry.backoff | 0s | must be longer than 0",
        "retry.multiplier | 0.5 | must be 1 or more, not 0.5",
        "retry.max-backoff | 1ms | must not be shorter than stretto.channels.space.retry.backoff",
        "unavailable.patience | -1s | must not be negative",
        "unavailable.backoff | 0s | must be longer than 0",
        "unavailable.max-retry-after | 0s | must be longer than 0",
        "transport | pigeon | must be one of http, java, not pigeon",
        "drain | ${NOT_SET} | the environment variable NOT_SET is not set",
      })
  void aSettingThatCantBeUsedIsNamed(String property, String value, String problem) {
    assertThatThrownBy(() ->
            channels(Map.of(SPACE + "transport", "http"), Map.of(SPACE + property, value))
                .requireAll())
        .isInstanceOf(InvalidSettingException.class)
        .hasMessage(SPACE + property + ": " + problem);
  }

  @Test
  void aNumberWithoutUnitIsNoTime() {
    assertThatThrownBy(() -> dispatch(Map.of("drain", 30)))
        .hasMessageStartingWith(SPACE + "drain: must be a time with a unit");
  }

  @Test
  void strictOrderingLetsNothingOvertake() {
    assertThatThrownBy(() -> dispatch(Map.of("ordering", "strict", "while-retrying", "continue")))
        .hasMessageStartingWith(
            SPACE + "while-retrying: continue does not go with ordering strict");
  }

  @Test
  void aChannelNeedsATransport() {
    assertThatThrownBy(() -> channels(Map.of(SPACE + "window", 3)).requireAll())
        .hasMessage(SPACE + "transport: must be one of http, java; it is missing");
  }

  @Test
  void aMistypedFolderOfChannelsIsRefused() {
    assertThatThrownBy(() -> channels(Map.of("stretto.chanels.space.transport", "http")))
        .hasMessageStartingWith("stretto.chanels.space.transport: there is no such property");
  }

  @ParameterizedTest
  @ValueSource(strings = {"Space2", "my_chan", "a-B", "x", "SPACE", "orders-2024_EU"})
  void aNameIsWhatWasWrittenAndItsTransportsSettingsAreFound(String name) {
    for (String form : List.of("stretto.channels." + name, "stretto.channels[" + name + "]")) {
      Channels channels =
          channels(
              Map.of(
                  form + ".transport", "http",
                  form + ".window", "7",
                  form + ".http.url", "https://example.org"));

      ChannelSettings settings = channels.require("--channel", name);

      assertThat(channels.names()).containsExactly(name);
      assertThat(settings.dispatch().window()).isEqualTo(7);
      assertThat(settings.transportSettings().bind(Web.class).url())
          .isEqualTo("https://example.org");
    }
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      value = {
        "b b, b-b",
        "a\"b, a-b",
        "a.b, a-b",
        "ä, ",
        "7, ",
        "2nd, nd",
        "_x, x",
        "-x, x",
      })
  void aNameWithOtherCharactersIsRefusedWithOneThatWouldDo(String name, @Nullable String instead) {
    Channels channels =
        channels(
            Map.of(
                "stretto.channels[" + name + "].transport", "http", SPACE + "transport", "http"));

    assertThat(channels.names()).containsExactlyInAnyOrder(name, "space");
    assertThat(channels.require("--channel", "space").name()).isEqualTo("space");
    assertThatThrownBy(() -> channels.require("--channel", name))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessage(
            "stretto.channels."
                + name
                + ": '"
                + name
                + "' can't be a channel's name, which begins with a letter and has letters, digits,"
                + " - and _, 100 at the most"
                + (instead == null ? "" : "; " + instead + " would do"));
  }

  @Test
  void aNameIsNoLongerThanItsColumn() {
    assertThat(channels(Map.of("stretto.channels." + "x".repeat(100) + ".transport", "http")))
        .satisfies(channels -> channels.require("--channel", "x".repeat(100)));
    assertThatThrownBy(() -> channels(Map.of()).require("--channel", "x".repeat(101)))
        .hasMessageContaining("100 at the most");
  }

  @Test
  void anOptionWithAWrongNameIsToldTheRule() {
    assertThatThrownBy(() -> channels(Map.of()).require("--channel", "b b"))
        .hasMessageStartingWith("--channel: 'b b' can't be a channel's name")
        .hasMessageEndingWith("b-b would do");
  }

  @Test
  void oneChannelsFaultLeavesTheOthersAlone() {
    Channels channels =
        channels(
            Map.of(
                "stretto.channels.good.transport", "http",
                "stretto.channels.bad.transport", "http",
                "stretto.channels.bad.window", "0",
                "stretto.channels.none", ""));

    assertThat(channels.names()).containsExactly("bad", "good", "none");
    assertThat(channels.require("--channel", "good").name()).isEqualTo("good");
    assertThatThrownBy(() -> channels.require("--channel", "bad"))
        .hasMessage("stretto.channels.bad.window: must be 1 or more, not 0");
    assertThatThrownBy(() -> channels.require("--channel", "none"))
        .hasMessageStartingWith("stretto.channels.none.transport: must be one of http, java");
    assertThatThrownBy(channels::requireAll).hasMessageStartingWith("stretto.channels.bad.window");
  }

  @Test
  void aChannelThatIsAValueIsRefused() {
    assertThatThrownBy(() -> channels(Map.of("stretto.channels.space", "http")).requireAll())
        .hasMessage(
            "stretto.channels.space: must hold the channel's settings, such as transport: http");
  }

  @Test
  void aSecondSpellingOfAChannelIsAskedAbout() {
    Channels channels =
        channels(
            Map.of(
                "stretto.channels.my-chan.transport", "http",
                "stretto.channels.mychan.window", "3"));

    assertThatThrownBy(() -> channels.require("--channel", "mychan"))
        .hasMessageEndingWith("it is missing; is the channel my-chan meant?");
  }

  @ParameterizedTest
  @CsvSource({
    "my-chan, STRETTO_CHANNELS_MYCHAN_",
    "my-chan, STRETTO_CHANNELS_MY_CHAN_",
    "my_chan, STRETTO_CHANNELS_MY_CHAN_",
    "my_chan, STRETTO_CHANNELS_MYCHAN_",
    "Space2, STRETTO_CHANNELS_SPACE2_",
    "a-B, STRETTO_CHANNELS_AB_",
  })
  void anEnvironmentVariableMeansTheChannelThatIsDeclared(String name, String variable) {
    Map<String, Object> declared = Map.of("stretto.channels." + name + ".transport", "http");

    Channels channels =
        withVariables(
            declared,
            Map.of(
                variable + "WINDOW", "9",
                variable + "RETRY_MAXBACKOFF", "9s",
                variable + "WHILE_RETRYING", "hold",
                variable + "HTTP_URL", "https://example.org",
                variable + "HTTP_HEADERS_X_API_KEY", "k"));

    assertThat(channels.names()).containsExactly(name);
    ChannelSettings settings = channels.require("--channel", name);
    assertThat(settings.dispatch().window()).isEqualTo(9);
    assertThat(settings.dispatch().retry().maxBackoff()).isEqualTo(Duration.ofSeconds(9));
    assertThat(settings.dispatch().whileRetrying()).isEqualTo(WhileRetrying.HOLD);
    assertThat(settings.transportSettings().bind(Web.class))
        .isEqualTo(
            new Web(
                "https://example.org",
                Duration.ofSeconds(30),
                Map.of("x-api-key", "k"),
                List.of()));
  }

  @Test
  void belowEnvironmentAVariableHasItsOwnName() {
    Channels channels =
        withVariables(
            Map.of(),
            Map.of(
                "STRETTO_CHANNELS_SPACE_TRANSPORT", "http",
                "STRETTO_CHANNELS_SPACE_HTTP_COMMAND", "python3,a b",
                "STRETTO_CHANNELS_SPACE_HTTP_ENVIRONMENT_API_TOKEN", "k"));

    assertThat(channels.require("--channel", "space").transportSettings().bind(Launched.class))
        .isEqualTo(new Launched(List.of("python3", "a b"), Map.of("API_TOKEN", "k")));
  }

  @Test
  void anEnvironmentVariableMayDeclareAChannel() {
    Channels channels =
        withVariables(
            Map.of(),
            Map.of(
                "STRETTO_CHANNELS_SPACE_TRANSPORT", "http", "STRETTO_CHANNELS_SPACE_WINDOW", "5"));

    assertThat(channels.require("--channel", "space").dispatch().window()).isEqualTo(5);
  }

  @Test
  void anEnvironmentVariableThatCouldMeanTwoChannelsIsNamed() {
    Channels channels =
        withVariables(
            Map.of(
                "stretto.channels.my-chan.transport", "http",
                "stretto.channels.my_chan.transport", "http",
                "stretto.channels.my.transport", "http"),
            Map.of("STRETTO_CHANNELS_MY_CHAN_WINDOW", "9", "STRETTO_CHANNELS_MY_WINDOW", "8"));

    assertThat(channels.require("--channel", "my").dispatch().window()).isEqualTo(8);
    for (String name : List.of("my-chan", "my_chan")) {
      assertThatThrownBy(() -> channels.require("--channel", name))
          .hasMessage(
              "STRETTO_CHANNELS_MY_CHAN_WINDOW: could mean each of the channels my-chan, my_chan:"
                  + " set it in config/application.yaml, or rename one of them");
    }
  }

  @Test
  void anEnvironmentVariableThatMeansNothingIsRefused() {
    Channels channels =
        withVariables(
            Map.of(SPACE + "transport", "http"), Map.of("STRETTO_CHANNELS_SPACE_WINDWO", "9"));

    assertThatThrownBy(() -> channels.require("--channel", "space"))
        .hasMessage(
            "STRETTO_CHANNELS_SPACE_WINDWO: there is no such property of a channel space; did you"
                + " mean window?");
  }

  @Test
  void anEnvironmentVariableThatMeansNothingToTheTransportIsRefused() {
    Channels channels =
        withVariables(
            Map.of(SPACE + "transport", "http"),
            Map.of("STRETTO_CHANNELS_SPACE_HTTP_TIMEOT", "9s"));

    assertThatThrownBy(
            () -> channels.require("--channel", "space").transportSettings().bind(Web.class))
        .hasMessage("STRETTO_CHANNELS_SPACE_HTTP_TIMEOT: there is no such property of http");
  }

  @ParameterizedTest
  @ValueSource(strings = {"6.5", "6 4", "0x40", "99999999999", "true", "1_000"})
  void aWholeNumberIsOneAsItIsWritten(String window) {
    assertThatThrownBy(() -> dispatch(Map.of("window", window)))
        .hasMessage(SPACE + "window: must be a whole number, not " + window);
  }

  @Test
  void aNumberThatIsNotWholeIsNotCut() {
    assertThatThrownBy(() -> dispatch(Map.of("window", 6.5)))
        .hasMessage(SPACE + "window: must be a whole number, not 6.5");
    assertThatThrownBy(() -> dispatch(Map.of("burst", 99_999_999_999L, "rate", "5/s")))
        .hasMessage(SPACE + "burst: must be a whole number, not 99999999999");
  }

  @Test
  void aTransportsSettingsAreReadOnlyWhenAskedFor() {
    Channels channels =
        channels(
            Map.of(
                SPACE + "transport", "http",
                SPACE + "http.url", "https://example.org",
                SPACE + "http.headers.Authorization", "Bearer ${STRETTO_TEST_TOKEN}"));

    ChannelSettings space = channels.require("--channel", "space");

    assertThatThrownBy(() -> space.transportSettings().bind(Web.class))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessage(
            SPACE
                + "http.headers.authorization: the environment variable STRETTO_TEST_TOKEN is not"
                + " set");
  }

  @Test
  void aTransportsSettingsAreBoundToItsRecordWithVariablesFilledIn() {
    Channels channels =
        channels(
            Map.of(
                SPACE + "transport",
                "http",
                SPACE + "http.url",
                "https://example.org",
                SPACE + "http.headers.X-Under_Score",
                "Bearer ${STRETTO_TEST_TOKEN}",
                "STRETTO_TEST_TOKEN",
                "s3cret"));

    Web web = channels.require("--channel", "space").transportSettings().bind(Web.class);

    assertThat(web)
        .isEqualTo(
            new Web(
                "https://example.org",
                Duration.ofSeconds(30),
                Map.of("X-Under_Score", "Bearer s3cret"),
                List.of()));
  }

  /** The class path has folders of these names too, or in their place. */
  @ParameterizedTest
  @ValueSource(strings = {".", "org", "/org", "dev/..", " org "})
  void aPathIsOneOfTheFileSystem(String written) {
    Place place =
        channels(Map.of(SPACE + "transport", "http", SPACE + "http.folder", written))
            .require("--channel", "space")
            .transportSettings()
            .bind(Place.class);

    assertThat(place.folder()).isEqualTo(Path.of(written.strip()).toAbsolutePath());
  }

  record Place(Path folder) {}

  @Test
  void theItemsOfAListAreBoundInTheirOrder() {
    Web web =
        channels(
                Map.of(
                    SPACE + "transport", "http",
                    SPACE + "http.rules[1].is[0]", "a, b",
                    SPACE + "http.rules[0].status", "200",
                    SPACE + "http.rules[0].is", "a, b"))
            .require("--channel", "space")
            .transportSettings()
            .bind(Web.class);

    assertThat(web.rules())
        .containsExactly(
            new Rule(List.of("200"), List.of("a", "b"), null),
            new Rule(null, List.of("a, b"), null));
  }

  @ParameterizedTest
  @CsvSource({
    "timeot, 3s, did you mean timeout?",
    "timeout, s3cret, must be a time with a unit",
    "rules[0].stauts, 200, did you mean rules[].status?",
    "rules[1].status, 200, there is no such property",
    "rules[0].body.att, 200, did you mean rules[].body.at?",
    "rules[0].body.is[0].x, 200, there is no such property",
    "rules[0].status.x, 200, there is no such property",
    "rules[1].body.att, 200, did you mean rules[].body.at?",
  })
  void aTransportsSettingThatCantBeUsedIsNamedWithoutItsValue(
      String property, String value, String problem) {
    Map<String, String> others =
        property.startsWith("rules[0].") || property.contains(".att")
            ? Map.of(
                SPACE + "http.rules[0].status[0]", "200",
                SPACE + "http.rules[0].body.is[0]", "a",
                SPACE + "http.rules[0].body.at", "/a")
            : Map.of();
    ChannelSettings space =
        channels(others, Map.of(SPACE + "transport", "http", SPACE + "http." + property, value))
            .require("--channel", "space");

    assertThatThrownBy(() -> space.transportSettings().bind(Web.class))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessageStartingWith(SPACE + "http." + property + ": ")
        .hasMessageContaining(problem)
        .hasMessageNotContaining("s3cret");
  }

  @Test
  void theCommandLineOverridesAndWhatFollowsFromItChangesToo() {
    ChannelSettings space = space(Map.of("rate", "50/s", "window", 10));

    DispatchSettings changed = space.with(new Overrides("key", 20, "100/s")).dispatch();

    assertThat(changed.ordering()).isEqualTo(Ordering.KEY);
    assertThat(changed.window()).isEqualTo(20);
    assertThat(changed.rate()).isEqualTo(new Rate(100, Duration.ofSeconds(1), 20));
    assertThat(changed.onExhausted()).isEqualTo(OnExhausted.BLOCK_KEY);
    assertThat(space.with(new Overrides(null, null, null)).dispatch()).isEqualTo(space.dispatch());
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      delimiter = '|',
      value = {
        "- | 0 | - | --window: must be 1 or more, not 0",
        "- | - | 20 | --rate: must be a number of starts a second, minute or hour, such as 20/s,"
            + " 100/m, 1000/h",
        "fifo | - | - | --ordering: must be one of start, key, strict, not fifo",
      })
  void anOptionThatCantBeUsedIsNamed(
      @Nullable String ordering, @Nullable Integer window, @Nullable String rate, String problem) {
    assertThatThrownBy(() -> space(Map.of()).with(new Overrides(ordering, window, rate)))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessage(problem);
  }

  @Test
  void anOptionMustGoWithTheConfiguration() {
    ChannelSettings space = space(Map.of("ordering", "key", "on-exhausted", "block-key"));

    assertThatThrownBy(() -> space.with(new Overrides("start", null, null)))
        .hasMessage(SPACE + "on-exhausted: block-key needs ordering key, not start");
  }

  @Test
  void aChannelThatIsNotConfiguredIsRefusedWithThoseThatAre() {
    Channels channels =
        channels(
            Map.of("stretto.channels.b.transport", "http", "stretto.channels.a.transport", "http"));

    assertThatThrownBy(() -> channels.require("--channel", "c"))
        .hasMessage("--channel: there is no channel c in the configuration; it has a, b");
  }

  private static DispatchSettings dispatch(Map<String, Object> properties) {
    return space(properties).dispatch();
  }

  private static ChannelSettings space(Map<String, Object> properties) {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put(SPACE + "transport", "http");
    properties.forEach((name, value) -> all.put(SPACE + name, value));
    return channels(all).require("--channel", "space");
  }

  private static Channels withVariables(
      Map<String, Object> properties, Map<String, Object> variables) {
    StandardEnvironment environment = new StandardEnvironment();
    String name = StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME;
    environment
        .getPropertySources()
        .replace(name, new SystemEnvironmentPropertySource(name, variables));
    environment.getPropertySources().addLast(new MapPropertySource("test", properties));
    return Channels.bind(environment, Set.of("http", "java"));
  }

  @SafeVarargs
  private static Channels channels(Map<String, ?>... sources) {
    StandardEnvironment environment = new StandardEnvironment();
    Map<String, Object> all = new LinkedHashMap<>();
    for (Map<String, ?> source : sources) {
      all.putAll(source);
    }
    environment.getPropertySources().addLast(new MapPropertySource("test", all));
    return Channels.bind(environment, Set.of("http", "java"));
  }

  record Web(
      @Nullable String url,
      @DefaultValue("30s") Duration timeout,
      @DefaultValue Map<String, String> headers,
      @DefaultValue List<Rule> rules) {}

  record Rule(@Nullable List<String> status, @Nullable List<String> is, @Nullable Part body) {}

  record Part(@Nullable String at, @Nullable List<String> is) {}

  record Launched(List<String> command, Map<String, String> environment) {}
}
