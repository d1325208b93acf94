package dev.stretto.transport.http;

import static dev.stretto.transport.Outcome.Fault.FAILED;
import static dev.stretto.transport.Outcome.Fault.UNAVAILABLE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.stretto.transport.Driver;
import dev.stretto.transport.MapSettings;
import dev.stretto.transport.Outcome;
import dev.stretto.transport.Transport;
import dev.stretto.transport.http.answer.AnswerText;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.IteratingNestedCallback;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;

class HttpAnswersTest {

  private static final Clock NOON =
      Clock.fixed(Instant.parse("2026-03-01T12:00:00Z"), ZoneOffset.UTC);

  private final HttpTransportType type =
      new HttpTransportType(NOON, new DefaultSslBundleRegistry()::getBundle);

  @ParameterizedTest
  @ValueSource(ints = {200, 201, 202, 204, 299})
  void anyTwoHundredDelivers(int status) throws Exception {
    assertThat(answered(status, "")).isInstanceOf(Outcome.Delivered.class);
  }

  @ParameterizedTest
  @ValueSource(ints = {408, 425, 500, 501, 502, 504, 505, 599})
  void theDestinationMayDoBetterNextTime(int status) throws Exception {
    assertThat(answered(status, "upstream is\r\nrestarting", "Retry-After", "soon"))
        .isEqualTo(
            new Outcome.RetryLater(FAILED, "HTTP " + status + ": upstream is restarting", null));
  }

  @ParameterizedTest
  @ValueSource(ints = {409, 423, 425})
  void theMessageAloneMayHaveToWait(int status) throws Exception {
    assertThat(answered(status, "", "Retry-After", "7"))
        .isEqualTo(new Outcome.RetryLater(FAILED, "HTTP " + status, Duration.ofSeconds(7)));
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 401, 403, 404, 408, 410, 413, 422, 429, 500, 502, 503, 504})
  void anyOtherFailureMaySayForHowLongNothingIsTaken(int status) throws Exception {
    assertThat(answered(status, "", "Retry-After", "7"))
        .isEqualTo(new Outcome.RetryLater(UNAVAILABLE, "HTTP " + status, Duration.ofSeconds(7)));
  }

  @ParameterizedTest
  @CsvSource({
    "7, PT7S",
    "120, PT2M",
    "1.5, PT1.5S",
    "0, PT0S",
    "'Sun, 01 Mar 2026 12:01:30 GMT', PT1M30S",
    "'Sunday, 01-Mar-26 12:00:01 GMT', PT1S",
    "'Sun Mar  1 12:00:02 2026', PT2S",
    "'Sun, 01 Mar 2026 11:00:00 GMT', PT0S",
    "'Fri, 31 Dec 9999 23:59:59 GMT', PT876000H",
    "99999999999999999999, PT876000H",
    "soon, ",
    "-1, ",
    "1e9, ",
    ", ",
  })
  void aDestinationThatTakesNothingNowMaySayForHowLong(
      @Nullable String retryAfter, @Nullable Duration wait) throws Exception {
    String[] headers =
        retryAfter == null ? new String[0] : new String[] {"Retry-After", retryAfter};
    for (int status : new int[] {429, 503}) {
      assertThat(answered(status, "", headers))
          .isEqualTo(new Outcome.RetryLater(UNAVAILABLE, "HTTP " + status, wait));
    }
  }

  /** Noon of NOON is the second 1772366400 of the epoch. */
  @ParameterizedTest
  @CsvSource({
    "429, RateLimit-Reset=30, PT30S",
    "503, RateLimit-Reset=30, PT30S",
    "429, X-RateLimit-Reset-After=0.25 X-RateLimit-Reset=1772366500, PT0.25S",
    "429, X-RateLimit-Reset=1772366405, PT5S",
    "429, X-RateLimit-Reset=1772366405.5, PT5.5S",
    "429, X-RateLimit-Reset=1772366405000, PT5S",
    "429, X-RateLimit-Reset=1772366000, PT0S",
    "429, X-RateLimit-Reset=2026-03-01T12:00:09Z, PT9S",
    "429, RateLimit-Reset=99999999999999999999, PT876000H",
    "429, Retry-After=3 RateLimit-Reset=30, PT3S",
    "429, RateLimit-Remaining=12 RateLimit-Reset=30, ",
    "403, X-RateLimit-Remaining=0 X-RateLimit-Reset=1772366405, PT5S",
  })
  void aRateLimitSaysWhenItEnds(int status, String headers, @Nullable Duration wait)
      throws Exception {
    assertThat(answered(status, "", headers.split("[ =]")))
        .isEqualTo(new Outcome.RetryLater(UNAVAILABLE, "HTTP " + status, wait));
  }

  @ParameterizedTest
  @CsvSource({
    "403, X-RateLimit-Remaining=12 X-RateLimit-Reset=30",
    "403, X-RateLimit-Reset=30",
    "404, X-RateLimit-Remaining=0 X-RateLimit-Reset=30",
  })
  void aRateLimitThatIsNotTheCauseIsPassedOver(int status, String headers) throws Exception {
    assertThat(answered(status, "", headers.split("[ =]")))
        .isEqualTo(new Outcome.Rejected(Outcome.Refused.SENDER, "HTTP " + status));
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 409, 413, 414, 415, 422, 423, 431})
  void aMessageThatIsRefusedIsNotSentAgain(int status) throws Exception {
    assertThat(answered(status, ""))
        .isEqualTo(new Outcome.Rejected(Outcome.Refused.MESSAGE, "HTTP " + status));
  }

  @ParameterizedTest
  @ValueSource(
      ints = {300, 301, 302, 304, 307, 308, 401, 402, 403, 404, 405, 406, 407, 418, 421, 426, 451})
  void whoeverSendsIsRefusedUntilAPersonActs(int status) throws Exception {
    assertThat(
            answered(status, "", "Location", "/elsewhere", "WWW-Authenticate", "Basic realm=\"x\""))
        .isEqualTo(new Outcome.Rejected(Outcome.Refused.SENDER, "HTTP " + status));
  }

  @ParameterizedTest
  @ValueSource(ints = {600, 999})
  void anAnswerThatHttpDoesNotHaveIsAFault(int status) throws Exception {
    assertThat(answered(status, ""))
        .isEqualTo(
            new Outcome.RetryLater(
                FAILED, "HTTP " + status + " is no answer that HTTP has for this request", null));
  }

  @Test
  void plainHttpThatATlsPortRefusesIsTheAddressesFault() throws Exception {
    Outcome.RetryLater outcome =
        (Outcome.RetryLater) answered(400, "The plain HTTP request was sent to HTTPS port");
    assertThat(outcome.fault()).isEqualTo(UNAVAILABLE);
    assertThat(outcome.reason()).endsWith("; TLS is expected: write https: in http.url");
  }

  @ParameterizedTest
  @ValueSource(strings = {"gzip", "x-gzip", "deflate", "raw deflate"})
  void anErrorsBodyIsShownDecoded(String encoding) throws Exception {
    byte[] body = compressed("zu groß: 12 €", encoding);
    assertThat(answered(400, body, "Content-Encoding", encoding.replace("raw ", "")))
        .isEqualTo(new Outcome.Rejected(Outcome.Refused.MESSAGE, "HTTP 400: zu groß: 12 €"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"br", "gzip"})
  void aBodyThatCannotBeDecodedSaysNothing(String encoding) throws Exception {
    assertThat(answered(400, new byte[] {7, 1, -2, 90}, "Content-Encoding", encoding))
        .isEqualTo(new Outcome.Rejected(Outcome.Refused.MESSAGE, "HTTP 400"));
  }

  @Test
  void aBodyIsReadInItsCharset() throws Exception {
    byte[] body = "zu groß".getBytes(StandardCharsets.ISO_8859_1);
    assertThat(answered(400, body, "Content-Type", "text/plain; charset=\"iso-8859-1\""))
        .isEqualTo(new Outcome.Rejected(Outcome.Refused.MESSAGE, "HTTP 400: zu groß"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"€", "x€", "xx€", "😀", "x😀", "xx😀", "xxx😀"})
  void aLongBodyIsCutAtACharacter(String first) throws Exception {
    String character = first.replace("x", "");
    String body = first + character.repeat(3000);
    for (byte[] sent : new byte[][] {body.getBytes(StandardCharsets.UTF_8), gzip(body)}) {
      String[] headers =
          sent.length > 2000 ? new String[0] : new String[] {"Content-Encoding", "gzip"};
      String reason = ((Outcome.Rejected) answered(400, sent, headers)).reason();
      assertThat(reason).endsWith(character + "…").doesNotContain("\uFFFD");
      assertThat(reason.substring(0, reason.length() - 1).replace(character, ""))
          .isEqualTo("HTTP 400: " + first.replace(character, ""));
    }
  }

  @Test
  void aSecretThatTheCutDividesIsNotShown() throws Exception {
    String secret = "s3cr3t" + "k".repeat(81);
    String body = secret.repeat(2 * AnswerText.EXCERPT / secret.length());
    try (ScriptedServer server = new ScriptedServer(ScriptedServer.status(400, body));
        Transport transport = open(server, "headers.Authorization", "Bearer " + secret)) {
      assertThat(((Outcome.Rejected) Driver.outcomeOf(transport, Driver.call(1))).reason())
          .isEqualTo("HTTP 400: " + "***".repeat(AnswerText.EXCERPT / secret.length()));
    }
  }

  @Test
  void aDestinationThatIsGoneSwitchesItsChannelOff() throws Exception {
    assertThat(answered(410, "gone"))
        .isEqualTo(new Outcome.Rejected(Outcome.Refused.CHANNEL, "HTTP 410: gone"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"1.1", "2"})
  void aRedirectIsNotFollowed(String version) throws Exception {
    try (ScriptedServer server =
            new ScriptedServer(ScriptedServer.status(307, "", "Location", "/elsewhere"));
        Transport transport = open(server, "version", version)) {
      assertThat(Driver.outcomeOf(transport, Driver.call(1))).isInstanceOf(Outcome.Rejected.class);
      assertThat(server.seen).hasSize(1);
    }
  }

  @Test
  void noCookieIsSentBack() throws Exception {
    try (ScriptedServer server =
            new ScriptedServer(ScriptedServer.status(200, "", "Set-Cookie", "a=b; Path=/"));
        Transport transport = open(server)) {
      Driver.outcomeOf(transport, Driver.call(1));
      Driver.outcomeOf(transport, Driver.call(2));
      assertThat(server.seen).hasSize(2).noneMatch(seen -> seen.headers().contains("Cookie"));
    }
  }

  @Test
  void aReasonIsOneShortLineWithoutTheSecretsThatWereSent() throws Exception {
    String body = "bad\u0000\u001b[31m token s3cr3t-t0ken for /hook/T0PS3CR3T\n" + "x".repeat(9000);
    try (ScriptedServer server = new ScriptedServer(ScriptedServer.status(400, body));
        Transport transport =
            type.open(
                "space",
                MapSettings.url(
                    server.url("http", "/hook/T0PS3CR3T"),
                    "headers.Authorization",
                    "Bearer s3cr3t-t0ken"),
                4)) {
      String reason = ((Outcome.Rejected) Driver.outcomeOf(transport, Driver.call(1))).reason();
      assertThat(reason).startsWith("HTTP 400: bad [31m token *** for /hook/*** xxx");
      assertThat(reason).hasSizeBetween(500, 530).doesNotContain("\n").endsWith("…");
    }
  }

  @ParameterizedTest
  @CsvSource({"1.1, 200", "1.1, 500", "2, 200", "2, 500"})
  void aHugeAnswerIsReadToItsEndAndTheConnectionUsedAgain(String version, int status)
      throws Exception {
    long size = 100L * 1024 * 1024;
    AtomicInteger complete = new AtomicInteger();
    ScriptedServer.Answer huge =
        (request, response, callback) -> {
          response.setStatus(status);
          Callback end =
              Callback.from(
                  () -> {
                    complete.incrementAndGet();
                    callback.succeeded();
                  },
                  callback::failed);
          new Flood(response, size, end).iterate();
        };
    try (ScriptedServer server = new ScriptedServer(huge);
        Transport transport = open(server, "version", version, "connections", "1")) {
      Driver driver = new Driver(transport);
      for (Outcome outcome : driver.run(List.of(Driver.call(1), Driver.call(2)))) {
        if (status == 200) {
          assertThat(outcome).isInstanceOf(Outcome.Delivered.class);
        } else {
          assertThat(((Outcome.RetryLater) outcome).reason().length()).isLessThan(600);
        }
      }
      await().until(() -> complete.get() == 2);
      assertThat(server.sessions.size()).isEqualTo(version.equals("2") ? 1 : 0);
    }
  }

  @Test
  @Tag("slow")
  void anAnswerThatNeverEndsCountsByItsStatus() throws Exception {
    ScriptedServer.Answer endless =
        (request, response, callback) ->
            response.write(false, ByteBuffer.wrap(new byte[] {'.'}), Callback.NOOP);
    try (ScriptedServer server = new ScriptedServer(endless);
        Transport transport = open(server, "version", "2", "timeout", "2s")) {
      assertThat(Driver.outcomeOf(transport, Driver.call(1))).isInstanceOf(Outcome.Delivered.class);
    }
  }

  private static byte[] gzip(String text) throws IOException {
    return compressed(text, "gzip");
  }

  private static byte[] compressed(String text, String encoding) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream out =
        switch (encoding) {
          case "deflate" -> new DeflaterOutputStream(bytes);
          case "raw deflate" -> new DeflaterOutputStream(bytes, new Deflater(-1, true));
          default -> new GZIPOutputStream(bytes);
        }) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }
    return bytes.toByteArray();
  }

  private Outcome answered(int status, String body, String... headers) throws Exception {
    return answered(status, body.getBytes(StandardCharsets.UTF_8), headers);
  }

  private Outcome answered(int status, byte[] body, String... headers) throws Exception {
    try (ScriptedServer server = new ScriptedServer(ScriptedServer.status(status, body, headers));
        Transport transport = open(server, "version", "2")) {
      return Driver.outcomeOf(transport, Driver.call(1));
    }
  }

  private Transport open(ScriptedServer server, String... settings) {
    return type.open("space", MapSettings.url(server.url("http", "/hook"), settings), 4);
  }

  /** Writes that many bytes without holding them. */
  private static final class Flood extends IteratingNestedCallback {
    private static final int PIECE = 64 * 1024;
    private final Response response;
    private long left;

    Flood(Response response, long left, Callback callback) {
      super(callback);
      this.response = response;
      this.left = left;
    }

    @Override
    protected Action process() {
      if (left <= 0) {
        return Action.SUCCEEDED;
      }
      left -= PIECE;
      response.write(left <= 0, ByteBuffer.wrap(new byte[PIECE]), this);
      return Action.SCHEDULED;
    }
  }
}
