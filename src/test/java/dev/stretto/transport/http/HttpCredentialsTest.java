package dev.stretto.transport.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.standardwebhooks.Webhook;
import com.standardwebhooks.exceptions.WebhookVerificationException;
import dev.stretto.message.Message;
import dev.stretto.transport.Call;
import dev.stretto.transport.Driver;
import dev.stretto.transport.InvalidSettingException;
import dev.stretto.transport.MapSettings;
import dev.stretto.transport.Outcome;
import dev.stretto.transport.Outcome.Refused;
import dev.stretto.transport.Transport;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.eclipse.jetty.http.HttpField;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;

/** What requests say of their sender, as a real server sees it. */
class HttpCredentialsTest {

  private static final String SECRET = secret("whsec_", 24);
  private static final String OTHER_SECRET = secret("whsec_", 64);

  private ScriptedServer server;

  @BeforeEach
  void setUp() throws Exception {
    server = new ScriptedServer(ScriptedServer.status(200, ""));
  }

  @AfterEach
  void tearDown() throws Exception {
    server.close();
  }

  private static String secret(String prefix, int length) {
    return prefix
        + Base64.getEncoder()
            .encodeToString("s3cret".repeat(20).substring(0, length).getBytes(UTF_8));
  }

  @Test
  void basicAuthIsSentInUtf8() {
    sent(Driver.call(1), "basic.user", "Aladdin", "basic.password", "öpen: sesame");

    assertThat(server.seen.element().header("Authorization"))
        .isEqualTo(
            "Basic " + Base64.getEncoder().encodeToString("Aladdin:öpen: sesame".getBytes(UTF_8)));
  }

  @Test
  void theStandardsOwnLibraryVerifiesEachSecretsSignatureOfWhatWasReallySent() throws Exception {
    sent(
        call(Map.of(), "{ \"text\" : \"naïve\" }\n"),
        "signature.secrets",
        SECRET + "," + OTHER_SECRET,
        "request.body",
        "{\"all\": \"{{payload/text}}\"}");

    ScriptedServer.Seen seen = server.seen.element();
    String body = new String(seen.body(), UTF_8);
    assertThat(body).isEqualTo("{\"all\": \"naïve\"}");
    assertThat(seen.header("webhook-id")).isEqualTo(seen.header("Stretto-Message-Id"));
    assertThat(seen.headers().getLongField("webhook-timestamp"))
        .isBetween(Clock.systemUTC().millis() / 1000 - 60, Clock.systemUTC().millis() / 1000);
    for (String secret : List.of(SECRET, OTHER_SECRET)) {
      assertThatCode(() -> new Webhook(secret).verify(body, headers(seen)))
          .doesNotThrowAnyException();
    }
    assertThatThrownBy(() -> new Webhook(secret("whsec_", 32)).verify(body, headers(seen)))
        .isInstanceOf(WebhookVerificationException.class);
    assertThatThrownBy(() -> new Webhook(SECRET).verify(body + " ", headers(seen)))
        .isInstanceOf(WebhookVerificationException.class);
  }

  private static Map<String, List<String>> headers(ScriptedServer.Seen seen) {
    return seen.headers().stream()
        .collect(Collectors.toMap(HttpField::getLowerCaseName, field -> List.of(field.getValue())));
  }

  @Test
  void eachAttemptIsSignedAnewUnderTheSameId() {
    for (int attempt = 1; attempt <= 2; attempt++) {
      Clock then = Clock.fixed(Instant.ofEpochSecond(1614265330L + attempt), ZoneOffset.UTC);
      HttpTransportType type =
          new HttpTransportType(then, new DefaultSslBundleRegistry()::getBundle);
      MapSettings settings = MapSettings.url(server.url("http", "/"), "signature.secrets", SECRET);
      try (Transport transport = type.open("space", settings, 4)) {
        Driver.outcomeOf(transport, new Call(Driver.call(1).message(), attempt, 42));
      }
    }

    List<ScriptedServer.Seen> attempts = List.copyOf(server.seen);
    assertThat(attempts)
        .extracting(seen -> seen.header("webhook-id"))
        .hasSize(2)
        .containsOnly(Driver.call(1).message().messageId());
    assertThat(attempts)
        .extracting(seen -> seen.header("webhook-timestamp"))
        .containsExactly("1614265331", "1614265332");
    assertThat(attempts)
        .extracting(seen -> seen.header("webhook-signature"))
        .doesNotHaveDuplicates();
  }

  @Test
  void symmetricAndAsymmetricKeysCanSignTogether() {
    sent(Driver.call(1), "signature.secrets", SECRET + "," + secret("whsk_", 32));

    assertThat(server.seen.element().header("webhook-signature"))
        .matches("v1,[A-Za-z0-9+/]{43}= v1a,[A-Za-z0-9+/]{86}==");
  }

  @Test
  void aTraceIsTheMessagesAndEachAttemptASpanOfIt() {
    sent(Driver.call(1), "trace", "true");
    sent(new Call(Driver.call(1).message(), 2, 43), "trace", "true");
    sent(Driver.call(2), "trace", "true");

    List<String> parents =
        server.seen.stream().map(seen -> String.valueOf(seen.header("traceparent"))).toList();
    assertThat(parents).allMatch(parent -> parent.matches("00-[0-9a-f]{32}-[0-9a-f]{16}-01"));
    assertThat(parents)
        .extracting(parent -> parent.substring(3, 35))
        .satisfies(ids -> {
          assertThat(ids.get(0)).isEqualTo(ids.get(1)).isNotEqualTo(ids.get(2));
        });
    assertThat(parents).extracting(parent -> parent.substring(36, 52)).doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00",
        "cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-what-the-future-will-be-like",
      })
  void aTraceThatTheMessageBringsIsPassedOn(String parent) {
    sent(call(Map.of("TraceParent", parent, "tracestate", "a=b"), "{}"), "trace", "true");

    assertThat(server.seen.element().headers().getValuesList("traceparent"))
        .containsExactly(parent);
    assertThat(server.seen.element().header("tracestate")).isEqualTo("a=b");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
        "00-00000000000000000000000000000000-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more",
        "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "nonsense",
      })
  void oneThatIsNotWellFormedIsMadeAnewWithoutItsState(String parent) {
    sent(call(Map.of("traceparent", parent, "tracestate", "a=b"), "{}"), "trace", "true");

    assertThat(server.seen.element().headers().getValuesList("traceparent"))
        .singleElement()
        .asString()
        .matches("00-[0-9a-f]{32}-[0-9a-f]{16}-01");
    assertThat(server.seen.element().header("tracestate")).isNull();
  }

  @Test
  void withoutThemARequestSaysNothingOfItsSender() {
    sent(Driver.call(1));

    assertThat(server.seen.element().headers())
        .extracting(HttpField::getLowerCaseName)
        .doesNotContain("authorization", "webhook-id", "webhook-signature", "traceparent");
  }

  @ParameterizedTest
  @CsvSource({
    "authorization, header 'authorization' is set by http.basic; leave it out",
    "Webhook-Signature, header 'Webhook-Signature' is set by http.signature; leave it out",
  })
  void aMessageCannotSayThatItIsSomebodyElses(String header, String reason) {
    assertThat(
            outcome(
                call(Map.of(header, "x"), "{}"),
                "basic.user",
                "me",
                "basic.password",
                "p",
                "signature.secrets",
                SECRET))
        .isEqualTo(new Outcome.Rejected(Refused.UNSENDABLE, reason));
    assertThat(server.seen).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"order.7", "ö7", "a b"})
  void anIdThatWouldBlurWhatIsSignedIsNotSent(String id) {
    Message message = new Message(1, "space", 1, id, null, "application/json", Map.of(), "{}", 0);

    assertThat(outcome(new Call(message, 1, 1), "signature.secrets", SECRET))
        .isEqualTo(
            new Outcome.Rejected(
                Refused.UNSENDABLE,
                "the message id can't be signed: it has a '.', a blank or no ASCII"));
    assertThat(server.seen).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "basic.user=me | http.basic.password: is required with http.basic",
        "basic.password=s3cret | http.basic.user: is required with http.basic",
        "basic.user=a:b basic.password=s3cret | http.basic.user: must be a name without a colon",
        "basic.user=me basic.password=s3cret headers.authorization=s3cret"
            + " | http.headers.authorization: can't be used with http.basic, which sets it",
        "basic.user=me basic.password=s3cret request.headers.Authorization={{id}}"
            + " | http.request.headers.Authorization: can't be used with http.basic",
        "basic.user=me oauth2.client-id=me | http.basic: can't be used with http.oauth2",
        "oauth2.client-id=me | http.oauth2.client-secret: is required with http.oauth2",
        "oauth2.client-secret=s3cret | http.oauth2.client-id: is required with http.oauth2",
        "oauth2.client-id=me oauth2.client-secret=s3cret"
            + " | http.oauth2.token-url: must start with http: or https:",
        "oauth2.client-id=me oauth2.client-secret=s3cret oauth2.parameters.scope=s3cret"
            + " | http.oauth2.parameters.scope: is a field of its own",
        "oauth2.client-id=me oauth2.client-secret=s3cret headers.Authorization=s3cret"
            + " | http.headers.Authorization: can't be used with http.oauth2",
        "signature.secrets= | http.signature.secrets: is required",
        "signature.secrets=s3cret | http.signature.secrets[0]: must begin with whsec_ or whsk_",
        "signature.secrets=whsec_s3cr-t | http.signature.secrets[0]: has no base64",
        "signature.secrets=whsec_s3cret | http.signature.secrets[0]: must hold 24 to 64 bytes",
        "signature.secrets=whsk_s3cret | http.signature.secrets[0]: must hold the 32 bytes",
        "headers.webhook-id=1 signature.secrets=whsk_s3cret | http.signature.secrets[0]: must",
        "trace=true headers.traceparent=1"
            + " | http.headers.traceparent: can't be used with http.trace, which sets it",
      })
  void whatCannotBeMeantIsNamedAndNotRepeated(String settings, String problem) {
    MapSettings map = MapSettings.url("http://example.org/");
    for (String setting : settings.split(" ")) {
      map.put(setting.split("=")[0], setting.substring(setting.indexOf('=') + 1));
    }
    assertThatThrownBy(() -> type().open("space", map, 4))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessageStartingWith(problem)
        .hasMessageNotContaining("s3cret");
  }

  private void sent(Call call, String... settings) {
    assertThat(outcome(call, settings)).isEqualTo(new Outcome.Delivered());
  }

  private Outcome outcome(Call call, String... settings) {
    try (Transport transport =
        type().open("space", MapSettings.url(server.url("http", "/"), settings), 4)) {
      return Driver.outcomeOf(transport, call);
    }
  }

  private static HttpTransportType type() {
    return new HttpTransportType(Clock.systemUTC(), new DefaultSslBundleRegistry()::getBundle);
  }

  private static Call call(Map<String, String> headers, String payload) {
    return new Call(Driver.message(1, payload, headers), 1, 42);
  }
}
