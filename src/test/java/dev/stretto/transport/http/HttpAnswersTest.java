package dev.stretto.transport.http;

import static dev.stretto.transport.Outcome.Fault.FAILED;
import static dev.stretto.transport.Outcome.Fault.UNAVAILABLE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.stretto.transport.Driver;
import dev.stretto.transport.MapSettings;
import dev.stretto.transport.Outcome;
import dev.stretto.transport.Transport;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.IteratingNestedCallback;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpAnswersTest {

  private static final Clock NOON =
      Clock.fixed(Instant.parse("2026-03-01T12:00:00Z"), ZoneOffset.UTC);

  private final HttpTransportType type = new HttpTransportType(NOON);

  @ParameterizedTest
  @ValueSource(ints = {200, 201, 202, 204, 299})
  void anyTwoHundredDelivers(int status) throws Exception {
    assertThat(answered(status, "")).isInstanceOf(Outcome.Delivered.class);
  }

  @ParameterizedTest
  @ValueSource(ints = {408, 425, 500, 501, 502, 504, 505, 599})
  void theDestinationMayDoBetterNextTime(int status) throws Exception {
    assertThat(answered(status, "upstream is\r\nrestarting", "Retry-After", "7"))
        .isEqualTo(
            new Outcome.RetryLater(FAILED, "HTTP " + status + ": upstream is restarting", null));
  }

  @ParameterizedTest
  @CsvSource({
    "429, 7, PT7S",
    "503, 120, PT2M",
    "503, 'Sun, 01 Mar 2026 12:01:30 GMT', PT1M30S",
    "503, 'Sunday, 01-Mar-26 12:00:01 GMT', PT1S",
    "503, 'Sun Mar  1 12:00:02 2026', PT2S",
    "503, 'Sun, 01 Mar 2026 11:00:00 GMT', PT0S",
    "503, soon, ",
    "503, -1, ",
    "503, , ",
  })
  void aDestinationThatTakesNothingNowMaySayForHowLong(
      int status, @Nullable String retryAfter, @Nullable Duration wait) throws Exception {
    String[] headers =
        retryAfter == null ? new String[0] : new String[] {"Retry-After", retryAfter};
    assertThat(answered(status, "", headers))
        .isEqualTo(new Outcome.RetryLater(UNAVAILABLE, "HTTP " + status, wait));
  }

  @ParameterizedTest
  @ValueSource(ints = {300, 301, 302, 304, 307, 308, 400, 401, 403, 404, 407, 409, 422})
  void whatWillNotChangeIsNotSentAgain(int status) throws Exception {
    assertThat(
            answered(status, "", "Location", "/elsewhere", "WWW-Authenticate", "Basic realm=\"x\""))
        .isEqualTo(new Outcome.Rejected(Outcome.Refused.MESSAGE, "HTTP " + status));
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
  void anAnswerThatNeverEndsCountsByItsStatus() throws Exception {
    ScriptedServer.Answer endless =
        (request, response, callback) ->
            response.write(false, ByteBuffer.wrap(new byte[] {'.'}), Callback.NOOP);
    try (ScriptedServer server = new ScriptedServer(endless);
        Transport transport = open(server, "version", "2", "timeout", "300ms")) {
      assertThat(Driver.outcomeOf(transport, Driver.call(1))).isInstanceOf(Outcome.Delivered.class);
    }
  }

  private Outcome answered(int status, String body, String... headers) throws Exception {
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
