package dev.stretto.transport.http;

import static dev.stretto.transport.Outcome.Fault.UNAVAILABLE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stretto.message.Message;
import dev.stretto.settings.Channels;
import dev.stretto.transport.Call;
import dev.stretto.transport.Driver;
import dev.stretto.transport.Outcome;
import dev.stretto.transport.Outcome.Delivered;
import dev.stretto.transport.Outcome.Fault;
import dev.stretto.transport.Outcome.Rejected;
import dev.stretto.transport.Outcome.RetryLater;
import dev.stretto.transport.Transport;
import dev.stretto.transport.TransportSettings;
import dev.stretto.transport.http.answer.AnswerRule;
import dev.stretto.transport.http.credentials.SignatureSettings;
import dev.stretto.transport.http.request.RequestSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

/** What each preset makes of the answers that its vendor documents, from a real server. */
class PresetAnswersTest {

  private static final Path FOLDER = Path.of("src/main/resources/dev/stretto/settings/presets");

  private static final String WEBHOOK_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

  private final HttpTransportType type =
      new HttpTransportType(Clock.systemUTC(), new DefaultSslBundleRegistry()::getBundle);

  static Stream<String> presets() throws Exception {
    try (Stream<Path> files = Files.list(FOLDER)) {
      return files
          .map(file -> String.valueOf(file.getFileName()).replace(".yaml", ""))
          .toList()
          .stream();
    }
  }

  @ParameterizedTest
  @MethodSource("presets")
  void everyPropertyOfAPresetIsOneAndCanBeMeant(String preset) throws Exception {
    Transport opened = type.open("space", settings(preset, "https://example.org/"), 4);
    opened.close();
  }

  @Test
  void aWebhookWithoutASecretIsRefusedAndOneWithOthersIsSignedByThem() {
    TransportSettings settings =
        settings(
            "standard-webhooks",
            "https://example.org/",
            Map.of("signature.secrets[1]", WEBHOOK_SECRET));
    assertThat(settings.bind(HttpSettings.class).signature())
        .isEqualTo(new SignatureSettings(List.of(WEBHOOK_SECRET, WEBHOOK_SECRET)));

    TransportSettings without =
        settings("standard-webhooks", "https://example.org/", Map.of("signature.secrets[0]", ""));
    assertThatThrownBy(() -> type.open("space", without, 4))
        .hasMessageContaining("http.signature.secrets");
  }

  @Test
  void whatTheChannelSaysItselfWinsPropertyByProperty() {
    TransportSettings settings =
        settings("matrix", "https://matrix.example.org", Map.of("request.method", "POST"));

    RequestSettings request = settings.bind(HttpSettings.class).request();
    assertThat(request.method()).isEqualTo("POST");
    assertThat(request.path()).startsWith("/_matrix/client/v3/rooms/{{key}}/");
  }

  @ParameterizedTest
  @ValueSource(strings = {"slack", "matrix", "telegram", "mattermost"})
  void aListOfTheChannelsReplacesTheWholeListOfThePreset(String preset) {
    TransportSettings settings =
        settings(
            preset,
            "https://example.org",
            Map.of("answer[0].status", "418", "answer[0].outcome", "retry"));

    assertThat(settings.bind(HttpSettings.class).answer())
        .containsExactly(
            new AnswerRule(List.of("418"), null, null, AnswerRule.Meaning.RETRY, null, null));
  }

  @ParameterizedTest
  @MethodSource("presets")
  void everyPresetSaysWhoseDocumentationItFollowsAndWhenItWasRead(String preset) throws Exception {
    String file = Files.readString(FOLDER.resolve(preset + ".yaml"));

    assertThat(file).contains("# After ").containsPattern("20\\d\\d-\\d\\d-\\d\\d");
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      value = {
        "slack, 200, {\"ok\":true;\"ts\":\"1.2\"}",
        "slack-webhook, 200, ok",
        "discord, 200, {\"id\":\"1\"}",
        "discord, 204, ``",
        "teams, 202, ``",
        "mattermost, 200, ok",
        "matrix, 200, {\"event_id\":\"$1\"}",
        "telegram, 200, {\"ok\":true;\"result\":{}}",
        "standard-webhooks, 204, ``",
      })
  void whatWasTakenIsDelivered(String preset, int status, String body) throws Exception {
    assertThat(answered(preset, status, json(body))).isEqualTo(new Delivered());
  }

  @ParameterizedTest
  @ValueSource(strings = {"slack", "telegram"})
  void anAnswerThatRepeatsALongMessageIsDeliveredByItsBeginning(String preset) throws Exception {
    String echo = "x".repeat(200_000);

    assertThat(answered(preset, 200, "{\"ok\":true,\"message\":{\"text\":\"" + echo + "\"}}"))
        .isEqualTo(new Delivered());
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      value = {
        "slack, 200, {\"ok\":false;\"error\":\"ratelimited\"}, Retry-After: 7, 7000",
        "slack, 200, {\"ok\":false;\"error\":\"rate_limited\"}, Retry-After: 7, 7000",
        "slack, 429, {\"ok\":false;\"error\":\"ratelimited\"}, Retry-After: 30, 30000",
        "slack-webhook, 429, rate_limited, Retry-After: 1, 1000",
        "discord, 429, {\"retry_after\":64.57;\"global\":false}, Retry-After: 65, 64570",
        "discord, 429, {\"retry_after\":0.25;\"global\":true}, X-RateLimit-Global: true, 250",
        "discord, 429, <html>, Retry-After: 5, 5000",
        "teams, 429, ``, Retry-After: 9, 9000",
        "mattermost, 429, limit exceeded, X-Ratelimit-Reset: 1, 1000",
        "matrix, 429, {\"errcode\":\"M_LIMIT_EXCEEDED\";\"retry_after_ms\":2500}, X-A: b, 2500",
        "matrix, 429, {\"errcode\":\"M_LIMIT_EXCEEDED\"}, Retry-After: 4, 4000",
        "telegram, 429, {\"ok\":false;\"error_code\":429;\"parameters\":{\"retry_after\":34}},"
            + " X-A: b, 34000",
      })
  void aLimitClosesTheGateForAsLongAsTheVendorSays(
      String preset, int status, String body, String header, long millis) throws Exception {
    assertThat(answered(preset, status, json(body), header.split(": ")))
        .isInstanceOfSatisfying(
            RetryLater.class,
            later -> {
              assertThat(later.fault()).isEqualTo(UNAVAILABLE);
              assertThat(later.retryAfter()).isEqualTo(Duration.ofMillis(millis));
            });
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      value = {
        "slack, 200, {\"ok\":false;\"error\":\"channel_not_found\"}, MESSAGE",
        "slack, 200, {\"ok\":false;\"error\":\"msg_too_long\"}, MESSAGE",
        "slack, 200, {\"ok\":false;\"error\":\"token_revoked\"}, SENDER",
        "slack, 200, {\"ok\":false;\"error\":\"missing_scope\";\"needed\":\"chat:write\"}, SENDER",
        "slack-webhook, 400, invalid_payload, MESSAGE",
        "slack-webhook, 403, action_prohibited, SENDER",
        "slack-webhook, 403, invalid_token, CHANNEL",
        "slack-webhook, 404, no_service, CHANNEL",
        "slack-webhook, 410, channel_is_archived, CHANNEL",
        "discord, 400, {\"code\":50006;\"message\":\"Cannot send an empty message\"}, MESSAGE",
        "discord, 401, {\"code\":50027;\"message\":\"Invalid Webhook Token\"}, CHANNEL",
        "discord, 404, {\"code\":10015;\"message\":\"Unknown Webhook\"}, CHANNEL",
        "teams, 400, {\"error\":{\"code\":\"TriggerInputSchemaMismatch\"}}, MESSAGE",
        "teams, 400, {\"error\":{\"code\":\"WorkflowTriggerIsNotEnabled\"}}, CHANNEL",
        "teams, 401, {\"error\":{\"code\":\"DirectApiAuthorizationRequired\"}}, SENDER",
        "mattermost, 400, {\"id\":\"web.incoming_webhook.text.app_error\"}, MESSAGE",
        "mattermost, 400, {\"id\":\"web.incoming_webhook.invalid.app_error\"}, CHANNEL",
        "mattermost, 501, {\"id\":\"web.incoming_webhook.disabled.app_error\"}, CHANNEL",
        "mattermost, 404, {\"id\":\"web.incoming_webhook.channel.app_error\"}, MESSAGE",
        "matrix, 403, {\"errcode\":\"M_FORBIDDEN\"}, MESSAGE",
        "matrix, 413, {\"errcode\":\"M_TOO_LARGE\"}, MESSAGE",
        "matrix, 401, {\"errcode\":\"M_UNKNOWN_TOKEN\";\"soft_logout\":false}, SENDER",
        "matrix, 404, {\"errcode\":\"M_UNRECOGNIZED\"}, SENDER",
        "telegram, 400, {\"ok\":false;\"error_code\":400}, MESSAGE",
        "telegram, 403, {\"ok\":false;\"error_code\":403}, MESSAGE",
        "telegram, 401, {\"ok\":false;\"error_code\":401}, SENDER",
        "telegram, 404, {\"ok\":false;\"error_code\":404}, SENDER",
      })
  void aRefusalIsThatOfWhatTheVendorRefuses(
      String preset, int status, String body, Outcome.Refused refused) throws Exception {
    assertThat(answered(preset, status, json(body)))
        .isInstanceOfSatisfying(
            Rejected.class, rejected -> assertThat(rejected.refused()).isEqualTo(refused));
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      value = {
        "slack, 200, {\"ok\":false;\"error\":\"internal_error\"}, UNKNOWN",
        "slack, 200, {\"ok\":false;\"error\":\"request_timeout\"}, FAILED",
        "slack, 200, {\"ok\":false;\"error\":\"service_unavailable\"}, UNAVAILABLE",
        "slack, 200, <html>, UNKNOWN",
        "slack, 503, ``, UNAVAILABLE",
        "slack-webhook, 500, rollup_error, FAILED",
        "discord, 502, ``, FAILED",
        "matrix, 500, {\"errcode\":\"M_UNKNOWN\"}, FAILED",
        "matrix, 403, {\"errcode\":\"M_RESOURCE_LIMIT_EXCEEDED\"}, UNAVAILABLE",
        "telegram, 200, <html>, UNKNOWN",
      })
  void aFaultThatPassesIsTriedAgain(String preset, int status, String body, Fault fault)
      throws Exception {
    assertThat(answered(preset, status, json(body)))
        .isInstanceOfSatisfying(
            RetryLater.class, later -> assertThat(later.fault()).isEqualTo(fault));
  }

  /** Commas separate the columns above. */
  private static String json(String body) {
    return body.replace(';', ',');
  }

  private Outcome answered(String preset, int status, String body, String... headers)
      throws Exception {
    try (ScriptedServer server = new ScriptedServer(ScriptedServer.status(status, body, headers));
        Transport transport = type.open("space", settings(preset, server.url("http", "/")), 4)) {
      return Driver.outcomeOf(transport, new Call(message(), 1, 42));
    }
  }

  private static Message message() {
    return new Message(
        1, "space", 1, "m1", "!room:example.org", "application/json", Map.of(), "{}", 0);
  }

  private static TransportSettings settings(String preset, String url) {
    return settings(preset, url, Map.of());
  }

  private static TransportSettings settings(String preset, String url, Map<String, Object> http) {
    Map<String, Object> written = new HashMap<>();
    written.put("stretto.channels.space.preset", preset);
    written.put("stretto.channels.space.http.url", url);
    if (preset.equals("standard-webhooks")) {
      written.put("stretto.channels.space.http.signature.secrets[0]", WEBHOOK_SECRET);
    }
    http.forEach((name, value) -> written.put("stretto.channels.space.http." + name, value));
    StandardEnvironment environment = new StandardEnvironment();
    environment.getPropertySources().addFirst(new MapPropertySource("test", written));
    return Channels.bind(environment, Set.of("http"))
        .require("--channel", "space")
        .transportSettings();
  }
}
