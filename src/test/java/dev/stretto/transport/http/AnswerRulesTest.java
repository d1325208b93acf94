package dev.stretto.transport.http;

import static dev.stretto.transport.Outcome.Fault.FAILED;
import static dev.stretto.transport.Outcome.Fault.UNAVAILABLE;
import static dev.stretto.transport.Outcome.Fault.UNKNOWN;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stretto.transport.Driver;
import dev.stretto.transport.InvalidSettingException;
import dev.stretto.transport.MapSettings;
import dev.stretto.transport.Outcome;
import dev.stretto.transport.Outcome.Delivered;
import dev.stretto.transport.Outcome.Refused;
import dev.stretto.transport.Outcome.Rejected;
import dev.stretto.transport.Outcome.RetryLater;
import dev.stretto.transport.Transport;
import dev.stretto.transport.http.answer.HttpAnswers;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;

/** What {@code http.answer} makes of the answers of a real server. */
class AnswerRulesTest {

  private static final Clock NOON =
      Clock.fixed(Instant.parse("2026-03-01T12:00:00Z"), ZoneOffset.UTC);

  private static final String[] NOT_OK = {"body.at=/ok", "body.is=false", "outcome=rejected"};

  private final HttpTransportType type =
      new HttpTransportType(NOON, new DefaultSslBundleRegistry()::getBundle);

  private final List<String> rules = new ArrayList<>();
  private int count;
  private String timeout = "20s";
  private String version = "2";

  @Test
  void theFirstRuleThatFitsDecides() throws Exception {
    rule("status=2xx", "body.at=/error", "body.is=ratelimited", "outcome=unavailable");
    rule(
        "status=2xx",
        "body.at=/error",
        "body.is=invalid_auth,token_revoked",
        "outcome=rejected",
        "refused=sender");
    rule(NOT_OK);

    String limited = "{\"ok\":false,\"error\":\"ratelimited\"}";
    assertThat(answered(200, limited, "Retry-After", "7"))
        .isEqualTo(new RetryLater(UNAVAILABLE, "HTTP 200: " + limited, Duration.ofSeconds(7)));
    String revoked = "{\"ok\":false,\"error\":\"token_revoked\"}";
    assertThat(answered(200, revoked))
        .isEqualTo(new Rejected(Refused.SENDER, "HTTP 200: " + revoked));
    String other = "{\"ok\":false,\"error\":\"msg_too_long\"}";
    assertThat(answered(200, other)).isEqualTo(new Rejected(Refused.MESSAGE, "HTTP 200: " + other));
    assertThat(answered(200, "{\"ok\":true}")).isEqualTo(new Delivered());
  }

  @Test
  void whereNoRuleFitsTheAnswerMeansWhatItUsuallyDoes() throws Exception {
    rule("status=418", "outcome=delivered");

    assertThat(answered(418, "")).isEqualTo(new Delivered());
    assertThat(answered(204, "")).isEqualTo(new Delivered());
    assertThat(answered(429, "", "Retry-After", "3"))
        .isEqualTo(new RetryLater(UNAVAILABLE, "HTTP 429", Duration.ofSeconds(3)));
    assertThat(answered(400, "no")).isEqualTo(new Rejected(Refused.MESSAGE, "HTTP 400: no"));
  }

  @ParameterizedTest
  @CsvSource({
    "429, 429, true",
    "429, 428, false",
    "4XX, 499, true",
    "4xx, 500, false",
    "500-504, 504, true",
    "500-504, 505, false",
    "'409, 5xx', 599, true",
    "'409, 5xx', 409, true",
    "'409, 5xx', 410, false",
  })
  void aStatusIsOneOrManyOrARange(String written, int status, boolean fits) throws Exception {
    rule("status=" + written, "outcome=unknown");

    assertThat(
            ((Object) answered(status, "")).equals(new RetryLater(UNKNOWN, "HTTP " + status, null)))
        .isEqualTo(fits);
  }

  @ParameterizedTest
  @CsvSource({
    "is=gone, X-Why=gone, true",
    "is=gone, x-why=Gone, false",
    "is=gone, X-Other=gone, false",
    "'is=gone,lost', X-Why=lost, true",
    "contains=one, X-Why=gone, true",
    "contains=two, X-Why=gone, false",
    "present=true, X-Why=gone, true",
    "present=true, X-Other=gone, false",
    "present=false, X-Why=gone, false",
    "present=false, X-Other=gone, true",
    ", X-Why=gone, true",
    ", X-Other=gone, false",
  })
  void aHeaderIsLookedAt(@Nullable String wanted, String sent, boolean fits) throws Exception {
    rule("header.name=x-WHY", wanted == null ? "status=2xx" : "header." + wanted, "outcome=retry");

    assertThat(answered(200, "", sent.split("=")).equals(new RetryLater(FAILED, "HTTP 200", null)))
        .isEqualTo(fits);
  }

  @ParameterizedTest
  @CsvSource({
    "at=/error is=a, '{\"error\":\"a\"}', true",
    "at=/error is=a, '\uFEFF{\"error\":\"a\"}', true",
    "at=/error is=a, '{\"error\":\"b\"}', false",
    "at=/error is=a, '{}', false",
    "at=/code is=5, '{\"code\":5}', true",
    "at=/code is=null, '{\"code\":null}', true",
    "at=/list/1/x contains=ell, '{\"list\":[0,{\"x\":\"hello\"}]}', true",
    "at=/error, '{\"error\":null}', true",
    "at=/error, '{}', false",
    "at=/error present=false, '{\"error\":{}}', false",
    "at=/error present=false, '{}', true",
    "is=invalid_payload, ' invalid_payload\n', true",
    "is=invalid_payload, invalid_payload!, false",
    "contains=payload, '<p>invalid_payload</p>', true",
    "contains=payload, '', false",
  })
  void aBodyIsLookedInto(String wanted, String sent, boolean fits) throws Exception {
    rule(
        (List.of(wanted.split(" ")).stream().map(part -> "body." + part).collect(joining(" "))
                + " outcome=rejected refused=channel")
            .split(" "));

    assertThat(
            answered(200, sent) instanceof Rejected rejected
                && rejected.refused() == Refused.CHANNEL)
        .isEqualTo(fits);
  }

  @ParameterizedTest
  @CsvSource({
    "unavailable, header=Wait, Wait: 1.5, {}, PT1.5S",
    "retry, header=Wait, Wait: 1.5, {}, PT1.5S",
    "unavailable, header=Wait unit=milliseconds, Wait: 1500.5, {}, PT1.5S",
    "unavailable, header=Wait unit=date, Wait: 1772366405, {}, PT5S",
    "unavailable, header=Wait unit=date, Wait: 1772366405500, {}, PT5.5S",
    "unavailable, header=Wait, 'Wait: Sun, 01 Mar 2026 12:01:30 GMT', {}, PT1M30S",
    "unavailable, body=/p/retry_after, A: b, '{\"p\":{\"retry_after\":64.57}}', PT1M4.57S",
    "unavailable, body=/p, A: b, '{\"p\":2.5E-1}', PT0.25S",
    "unavailable, body=/p, A: b, '{\"p\":\"2026-03-01T12:00:09Z\"}', PT9S",
    "unavailable, body=/p, A: b, '{\"p\":1e999}', PT876000H",
    "retry, body=/ms unit=milliseconds, A: b, '{\"ms\":\"20\"}', PT0.02S",
    "unavailable, body=/p, A: b, '{\"p\":-1}', ",
    "unavailable, body=/p, A: b, '{\"p\":{}}', ",
    "unavailable, body=/p, A: b, <html>, ",
    // What HTTP itself says counts where the place says nothing.
    "unavailable, body=/p, Retry-After: 3, '{}', PT3S",
    "retry, body=/p, Retry-After: 3, '{}', PT3S",
    "unavailable, header=Wait, RateLimit-Reset: 4, '{}', PT4S",
    "retry, header=Wait, RateLimit-Reset: 4, '{}', ",
  })
  void aRuleSaysWhereTheWaitStands(
      String outcome, String place, String header, String body, @Nullable Duration wait)
      throws Exception {
    List<String> parts = new ArrayList<>(List.of("status=200", "outcome=" + outcome));
    for (String part : place.split(" ")) {
      parts.add("retry-after." + part);
    }
    rule(parts.toArray(String[]::new));

    RetryLater later = (RetryLater) answered(200, body, header.split(": "));
    assertThat(later.fault()).isEqualTo(outcome.equals("retry") ? FAILED : UNAVAILABLE);
    assertThat(later.retryAfter()).isEqualTo(wait);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "<html>at work</html>", "{\"ok\"", "{\"x\": [1, 2"})
  void anAnswerThatARuleCannotReadIsNeverTakenForDelivered(String body) throws Exception {
    rule(NOT_OK);
    rule("status=200", "outcome=delivered");

    RetryLater later = (RetryLater) answered(200, body);
    assertThat(later.fault()).isEqualTo(UNKNOWN);
    assertThat(later.reason())
        .startsWith("HTTP 200, but http.answer[0] needs its body, which is no JSON")
        .endsWith(body);
  }

  @Test
  void anAnswerThatARuleCannotReadMeansWhatItUsuallyDoesWhereThatIsNotDelivered() throws Exception {
    rule("status=429", "body.at=/global", "body.is=true", "outcome=rejected", "refused=channel");

    assertThat(answered(429, "<html>", "Retry-After", "1"))
        .isEqualTo(new RetryLater(UNAVAILABLE, "HTTP 429: <html>", Duration.ofSeconds(1)));
  }

  @ParameterizedTest
  @ValueSource(ints = {204, 205})
  void anAnswerThatHasNoBodyHasNoValueInIt(int status) throws Exception {
    rule(NOT_OK);

    assertThat(answered(status, "")).isEqualTo(new Delivered());
  }

  @Test
  void aBodyIsReadUpToItsBoundAndWhatLiesBeyondIsNotGuessed() throws Exception {
    rule(NOT_OK);
    String filler = "x".repeat(HttpAnswers.LONGEST_BODY);

    assertThat(answered(200, "{\"ok\":false,\"x\":\"" + filler + "\"}"))
        .isInstanceOf(Rejected.class);
    RetryLater later = (RetryLater) answered(200, "{\"x\":\"" + filler + "\",\"ok\":true}");
    assertThat(later.fault()).isEqualTo(UNKNOWN);
    assertThat(later.reason()).contains("is longer than 64 kB").hasSizeLessThan(1000);
  }

  @Test
  void textBeyondTheBoundIsNotGuessedEither() throws Exception {
    rule("body.contains=y", "outcome=rejected");
    rule("body.is=no_service", "outcome=rejected");
    String filler = "x".repeat(HttpAnswers.LONGEST_BODY);

    assertThat(answered(200, "y" + filler)).isInstanceOf(Rejected.class);
    assertThat(((RetryLater) answered(200, filler + "y")).fault()).isEqualTo(UNKNOWN);
    rules.clear();
    count = 0;
    rule("body.is=no_service", "outcome=rejected");
    assertThat(answered(200, filler)).isEqualTo(new Delivered());
  }

  @Test
  void aCompressedBodyIsReadAndABombIsNotUnpacked() throws Exception {
    rule(NOT_OK);

    assertThat(answered(200, gzip("{\"ok\":false}"), "Content-Encoding", "gzip"))
        .isEqualTo(new Rejected(Refused.MESSAGE, "HTTP 200: {\"ok\":false}"));
    byte[] bomb = gzip("{\"x\":\"" + " ".repeat(50_000_000) + "\",\"ok\":true}");
    assertThat(bomb.length).isLessThan(HttpAnswers.LONGEST_BODY);
    RetryLater later = (RetryLater) answered(200, bomb, "Content-Encoding", "gzip");
    assertThat(later.fault()).isEqualTo(UNKNOWN);
    assertThat(((RetryLater) answered(200, gzip("{}"), "Content-Encoding", "br")).fault())
        .isEqualTo(UNKNOWN);
  }

  @Test
  void aBodyIsReadInItsCharset() throws Exception {
    rule("body.at=/error", "body.is=größe", "outcome=rejected");

    byte[] body = "{\"error\":\"größe\"}".getBytes(ISO_8859_1);
    assertThat(answered(200, body, "Content-Type", "application/json; charset=ISO-8859-1"))
        .isInstanceOf(Rejected.class);
  }

  @Test
  void theReasonShowsNoSecret() throws Exception {
    rule(NOT_OK);

    assertThat(answered(200, "{\"ok\":false,\"you\":\"s3cr3t-token\"}"))
        .isEqualTo(new Rejected(Refused.MESSAGE, "HTTP 200: {\"ok\":false,\"you\":\"***\"}"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"1.1", "2"})
  @Tag("slow")
  void aBodyThatNeverEndsIsReadNoLongerThanTheCallMayTake(String spoken) throws Exception {
    version = spoken;
    timeout = "2s";
    rule(NOT_OK);
    try (ScriptedServer server = new ScriptedServer(endless("{"));
        Transport transport = open(server)) {
      RetryLater later = (RetryLater) Driver.outcomeOf(transport, Driver.call(1));
      assertThat(later.fault()).isEqualTo(UNKNOWN);
      assertThat(later.reason())
          .startsWith("HTTP 200, but http.answer[0] needs its body, which did not come whole");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"1.1", "2"})
  @Tag("slow")
  void whatABodyThatNeverEndsHasSaidCounts(String spoken) throws Exception {
    version = spoken;
    timeout = "2s";
    rule(NOT_OK);
    try (ScriptedServer server = new ScriptedServer(endless("{\"ok\":false,"));
        Transport transport = open(server)) {
      assertThat(Driver.outcomeOf(transport, Driver.call(1))).isInstanceOf(Rejected.class);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"1.1", "2"})
  void aConnectionThatIsCutInsideTheBodyLeavesTheOutcomeUnknown(String spoken) throws Exception {
    version = spoken;
    rule(NOT_OK);
    ScriptedServer.Answer cut =
        (request, response, callback) ->
            response.write(
                false,
                ByteBuffer.wrap("{\"x\":1,".getBytes(UTF_8)),
                Callback.from(
                    () -> request.getConnectionMetaData().getConnection().getEndPoint().close()));
    try (ScriptedServer server = new ScriptedServer(cut);
        Transport transport = open(server)) {
      assertThat(((RetryLater) Driver.outcomeOf(transport, Driver.call(1))).fault())
          .isEqualTo(UNKNOWN);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "outcome=retry, '', has no condition; give a status",
    "status=200, .outcome, is required; use delivered",
    "status=2x outcome=retry, .status, '''2x'' is no final status; use one like'",
    "status=100 outcome=retry, .status, is no final status",
    "status=600 outcome=retry, .status, is no final status",
    "status=504-500 outcome=retry, .status, is no final status",
    "status=200 outcome=retry refused=sender, .refused, goes with outcome: rejected only",
    "status=200 outcome=delivered retry-after.header=A, .retry-after, goes with outcome: retry",
    "status=200 outcome=retry retry-after.unit=date, .retry-after, give either header or body",
    "status=200 outcome=retry retry-after.header=A retry-after.body=/a, .retry-after, give either",
    "status=200 outcome=retry retry-after.body=a, .retry-after.body, is no JSON pointer",
    "header.is=a outcome=retry, .header.name, must be a header's name",
    "header.name=A header.is= outcome=retry, .header.is, is empty",
    "header.name=A header.is=a header.contains=b outcome=retry, .header, both is and contains",
    "header.name=A header.is=a header.present=true outcome=retry, .header.present, says nothing",
    "body.present=true outcome=retry, .body, says nothing; give at",
    "body.at=ok outcome=retry, .body.at, '''ok'' is no JSON pointer'",
  })
  void aRuleThatCannotBeMeantIsNamedAtTheStart(String rule, String property, String problem) {
    rule(rule.split(" "));

    assertThatThrownBy(() -> type.open("space", settings("http://example.org/"), 4))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessageStartingWith("http.answer[0]" + property + ": ")
        .hasMessageContaining(problem);
  }

  private void rule(String... parts) {
    for (String part : parts) {
      int equals = part.indexOf('=');
      rules.add("answer[" + count + "]." + part.substring(0, equals));
      rules.add(part.substring(equals + 1));
    }
    count++;
  }

  private static byte[] gzip(String text) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
      out.write(text.getBytes(UTF_8));
    }
    return bytes.toByteArray();
  }

  /** A body that begins so, and does not end. */
  private static ScriptedServer.Answer endless(String beginning) {
    return (request, response, callback) ->
        response.write(false, ByteBuffer.wrap(beginning.getBytes(UTF_8)), Callback.NOOP);
  }

  private Outcome answered(int status, String body, String... headers) throws Exception {
    return answered(status, body.getBytes(UTF_8), headers);
  }

  private Outcome answered(int status, byte[] body, String... headers) throws Exception {
    try (ScriptedServer server = new ScriptedServer(ScriptedServer.status(status, body, headers));
        Transport transport = open(server)) {
      return Driver.outcomeOf(transport, Driver.call(1));
    }
  }

  private Transport open(ScriptedServer server) {
    return type.open("space", settings(server.url("http", "/hook")), 4);
  }

  private MapSettings settings(String url) {
    return MapSettings.url(url, rules.toArray(String[]::new))
        .put("version", version)
        .put("timeout", timeout)
        .put("headers.Authorization", "Bearer s3cr3t-token");
  }
}
