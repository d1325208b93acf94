package dev.stretto.transport.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.stretto.transport.Driver;
import dev.stretto.transport.MapSettings;
import dev.stretto.transport.Outcome;
import dev.stretto.transport.Outcome.Fault;
import dev.stretto.transport.Outcome.Refused;
import dev.stretto.transport.Transport;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;

/** A destination that wants tokens, and an endpoint that gives them, both real servers. */
class HttpOAuth2Test {

  private static final int CALLS = 60;

  private final AtomicInteger given = new AtomicInteger();
  private ScriptedServer endpoint;
  private ScriptedServer destination;

  /** What the endpoint gives is withheld until then. */
  private volatile CountDownLatch before = new CountDownLatch(0);

  /** Behind that position, and at it, no earlier token is taken. */
  private volatile long revokedAt = Long.MAX_VALUE;

  private volatile int goodFrom = 1;

  /** Which position's refusal is withheld, and until when. */
  private volatile long refusedLate;

  private final CompletableFuture<Void> late = new CompletableFuture<>();

  /** Ends when that one has arrived, for which all other refusals wait. */
  private final CompletableFuture<Void> underWay = new CompletableFuture<>();

  @BeforeEach
  void setUp() throws Exception {
    endpoint =
        new ScriptedServer((request, response, callback) -> {
          before.await();
          give(response, callback, given.incrementAndGet());
        });
    destination =
        new ScriptedServer((request, response, callback) -> {
          String token = String.valueOf(request.getHeaders().get("Authorization"));
          long position = request.getHeaders().getLongField("Stretto-Position");
          if (position >= revokedAt) {
            goodFrom = 2;
          }
          int number = Integer.parseInt(token.replaceFirst("Bearer token-number-", ""));
          response.setStatus(number >= goodFrom ? 200 : 401);
          CompletableFuture<Void> answered = CompletableFuture.completedFuture(null);
          if (number < goodFrom && refusedLate > 0) {
            if (position == refusedLate) {
              underWay.complete(null);
            }
            answered = position == refusedLate ? late : underWay;
          }
          callback.completeWith(answered);
        });
  }

  @AfterEach
  void tearDown() throws Exception {
    endpoint.close();
    destination.close();
  }

  private static void give(
      org.eclipse.jetty.server.Response response, Callback callback, int number) {
    String json =
        "{\"access_token\":\"token-number-%d\",\"token_type\":\"bearer\",\"expires_in\":3600}"
            .formatted(number);
    response.write(true, ByteBuffer.wrap(json.getBytes(UTF_8)), callback);
  }

  @Test
  void oneTokenServesManyCallsWhichArriveInOrder() {
    try (Transport transport = open("oauth2.scope", "a b", "oauth2.parameters.audience", "ü&1")) {
      Driver driver = new Driver(transport);

      assertThat(driver.runUntilTaken(calls(CALLS)).values())
          .hasSize(CALLS)
          .containsOnly(new Outcome.Delivered());

      assertThat(positions(1))
          .containsExactlyElementsOf(LongStream.rangeClosed(1, CALLS).boxed().toList());
      assertThat(driver.misuses()).isZero();
    }
    ScriptedServer.Seen asked = endpoint.seen.remove();
    assertThat(endpoint.seen).isEmpty();
    assertThat(new String(asked.body(), UTF_8))
        .isEqualTo("grant_type=client_credentials&scope=a+b&audience=%C3%BC%261");
    assertThat(asked.header("Authorization")).isEqualTo("Basic YSUzQWI6czNjcjN0JTI2c2VjcmV0");
    assertThat(asked.header("Content-Type")).isEqualTo("application/x-www-form-urlencoded");
  }

  @Test
  void aClientCanSayWhoItIsInTheForm() {
    try (Transport transport = open("oauth2.client-authentication", "form")) {
      new Driver(transport).runUntilTaken(calls(1));
    }
    ScriptedServer.Seen asked = endpoint.seen.remove();
    assertThat(new String(asked.body(), UTF_8))
        .isEqualTo("grant_type=client_credentials&client_id=a%3Ab&client_secret=s3cr3t%26secret");
    assertThat(asked.header("Authorization")).isNull();
  }

  @Test
  void nothingStartsWhileATokenIsGotAndTheCallGoesOutAgain() {
    before = new CountDownLatch(1);
    try (Transport transport = open()) {
      CompletableFuture<String> told = new CompletableFuture<>();
      CompletableFuture<Outcome> outcome = new CompletableFuture<>();
      transport.start(
          Driver.call(1),
          new Transport.Progress() {
            @Override
            public void handedOver() {
              told.complete("handed over");
            }

            @Override
            public void finished(Outcome how) {
              told.complete("finished");
              outcome.complete(how);
            }
          });
      await().until(() -> endpoint.begun.get() == 1);
      assertThat(told).as("so that no other starts").isNotDone();

      before.countDown();

      assertThat(((Outcome.RetryLater) Driver.get(outcome)).fault()).isEqualTo(Fault.UNREADY);
      assertThat(told).isCompletedWithValue("finished");
      assertThat(destination.seen).isEmpty();
    }
  }

  @Test
  void aRevokedTokenIsRenewedOnceAndWhatWasRefusedWithItArrivesInOrder() {
    revokedAt = 20;
    try (Transport transport = open()) {
      Driver driver = new Driver(transport);

      assertThat(driver.runUntilTaken(calls(CALLS)).values())
          .hasSize(CALLS)
          .containsOnly(new Outcome.Delivered());

      assertThat(positions(2)).isSorted();
      assertThat(positions(2)).last().isEqualTo((long) CALLS);
      assertThat(driver.misuses()).isZero();
    }
    assertThat(endpoint.seen).hasSize(2);
  }

  /** It goes out again, behind none that had the new token before it. */
  @Test
  void nothingCarriesTheNewTokenBeforeWhatCarriesTheOldOneIsAnswered() {
    revokedAt = 20;
    refusedLate = 21;
    try (Transport transport = open()) {
      Driver driver = new Driver(transport);
      CompletableFuture<Map<Long, Outcome>> outcomes =
          CompletableFuture.supplyAsync(() -> driver.runUntilTaken(calls(CALLS)));
      await().until(() -> endpoint.seen.size() == 2);
      await().during(Duration.ofMillis(500)).until(() -> positions(2).isEmpty());

      late.complete(null);

      assertThat(outcomes.join().values()).hasSize(CALLS).containsOnly(new Outcome.Delivered());
      assertThat(positions(2)).isSorted().contains(20L, 21L, (long) CALLS);
      assertThat(driver.misuses()).isZero();
    }
  }

  @Test
  void aFreshTokenThatIsRefusedTooIsAnOrdinary401() {
    goodFrom = 9;
    try (Transport transport = open()) {
      assertThat(new Driver(transport).runUntilTaken(calls(8)).values())
          .hasSize(8)
          .containsOnly(new Outcome.Rejected(Refused.SENDER, "HTTP 401"));
    }
    assertThat(endpoint.seen).hasSize(2);
  }

  @Test
  void anEndpointThatIsDownIsUnavailable() throws Exception {
    int port;
    try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = closed.getLocalPort();
    }
    try (Transport transport = open("oauth2.token-url", "http://127.0.0.1:" + port + "/")) {
      assertThat(Driver.outcomeOf(transport, Driver.call(1)))
          .isEqualTo(
              new Outcome.RetryLater(
                  Fault.UNAVAILABLE,
                  "no token from 127.0.0.1:%1$d: connection refused: 127.0.0.1:%1$d"
                      .formatted(port),
                  null));
    }
    assertThat(destination.seen).isEmpty();
  }

  @Test
  void anEndpointThatDoesNotAnswerIsUnavailable() {
    before = new CountDownLatch(1);
    try (Transport transport = open("timeout", "2s")) {
      assertThat(Driver.outcomeOf(transport, Driver.call(1)))
          .isEqualTo(
              new Outcome.RetryLater(
                  Fault.UNAVAILABLE,
                  "no token from " + authority(endpoint) + ": no answer within 2 s",
                  null));
    } finally {
      before.countDown();
    }
    assertThat(destination.seen).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"500, ''", "503, 7", "429, 7", "400, 7"})
  void anEndpointThatFailsIsUnavailableForAsLongAsItSays(int status, String wait) throws Exception {
    String[] headers = wait.isEmpty() ? new String[0] : new String[] {"Retry-After", wait};
    try (ScriptedServer failing = new ScriptedServer(ScriptedServer.status(status, "", headers));
        Transport transport = open("oauth2.token-url", failing.url("http", "/t"))) {
      assertThat(Driver.outcomeOf(transport, Driver.call(1)))
          .isEqualTo(
              new Outcome.RetryLater(
                  Fault.UNAVAILABLE,
                  "no token from " + authority(failing) + ": HTTP " + status,
                  wait.isEmpty() ? null : Duration.ofSeconds(7)));
    }
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      value = {
        "400, {\"error\":\"invalid_client\"}, HTTP 400: {\"error\":\"invalid_client\"}",
        "401, s3cr3t&secret s3cr3t%26secret YSUzQWI6czNjcjN0JTI2c2VjcmV0, HTTP 401: *** *** ***",
        "302, ``, HTTP 302",
        "200, <html>, the answer has no access_token",
        "200, {\"access_token\":\"a b\"}, the answer has no access_token",
        "200, `{\"access_token\":\"s3cr3t\",\"token_type\":\"mac\"}`, its token is none for Bearer",
      })
  void anEndpointThatRefusesNeedsAPersonAndSaysWhatWithoutSecrets(
      int status, String body, String reason) throws Exception {
    try (ScriptedServer refusing = new ScriptedServer(ScriptedServer.status(status, body));
        Transport transport = open("oauth2.token-url", refusing.url("http", "/t"))) {
      assertThat(Driver.outcomeOf(transport, Driver.call(1)))
          .isEqualTo(
              new Outcome.Rejected(
                  Refused.CREDENTIALS, "no token from " + authority(refusing) + ": " + reason));
    }
    assertThat(destination.seen).isEmpty();
  }

  @Test
  void aTokenThatADestinationRepeatsIsNotShown() throws Exception {
    try (ScriptedServer repeating =
            new ScriptedServer(ScriptedServer.status(403, "no: token-number-1"));
        Transport transport = open(repeating.url("http", "/"))) {
      assertThat(new Driver(transport).runUntilTaken(calls(1)).values())
          .containsOnly(new Outcome.Rejected(Refused.SENDER, "HTTP 403: no: ***"));
    }
  }

  @Test
  void severalConnectionsShareOneToken() throws Exception {
    try (Transport transport = open("connections", "3")) {
      assertThat(new Driver(transport).runUntilTaken(calls(CALLS)).values())
          .hasSize(CALLS)
          .containsOnly(new Outcome.Delivered());
    }
    assertThat(endpoint.seen).hasSize(1);
  }

  private static String authority(ScriptedServer server) {
    return server.url("http", "").replace("http://", "");
  }

  private static List<dev.stretto.transport.Call> calls(int count) {
    return LongStream.rangeClosed(1, count).mapToObj(Driver::call).toList();
  }

  /** Of what arrived with that token. */
  private List<Long> positions(int token) {
    return destination.arrived.stream()
        .filter(headers -> ("Bearer token-number-" + token).equals(headers.get("Authorization")))
        .map(headers -> headers.getLongField("Stretto-Position"))
        .toList();
  }

  private Transport open(String... settings) {
    boolean elsewhere = settings.length % 2 == 1;
    MapSettings all =
        MapSettings.url(elsewhere ? settings[0] : destination.url("http", "/hook"))
            .put("version", "2")
            .put("oauth2.token-url", endpoint.url("http", "/t"))
            .put("oauth2.client-id", "a:b")
            .put("oauth2.client-secret", "s3cr3t&secret");
    for (int i = elsewhere ? 1 : 0; i < settings.length; i += 2) {
      all.put(settings[i], settings[i + 1]);
    }
    return new HttpTransportType(Clock.systemUTC(), new DefaultSslBundleRegistry()::getBundle)
        .open("space", all, 16);
  }
}
