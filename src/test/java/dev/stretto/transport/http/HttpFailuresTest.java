package dev.stretto.transport.http;

import static dev.stretto.transport.Outcome.Fault.UNAVAILABLE;
import static dev.stretto.transport.Outcome.Fault.UNKNOWN;
import static dev.stretto.transport.Outcome.Fault.UNTAKEN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.stretto.receiver.Certificates;
import dev.stretto.transport.Driver;
import dev.stretto.transport.MapSettings;
import dev.stretto.transport.Outcome;
import dev.stretto.transport.Transport;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.eclipse.jetty.http2.ErrorCode;
import org.eclipse.jetty.http2.api.Session;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;

class HttpFailuresTest {

  private static final ScriptedServer.Answer NEVER = (request, response, callback) -> {};

  private final HttpTransportType type =
      new HttpTransportType(Clock.systemUTC(), new DefaultSslBundleRegistry()::getBundle);

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"1.1", "2"})
  void aRefusedConnectionIsUnavailable(String version) throws Exception {
    int port;
    try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = closed.getLocalPort();
    }
    try (Transport transport = open("http://127.0.0.1:" + port + "/", "version", version)) {
      Driver driver = new Driver(transport);
      String reason = "connection refused: 127.0.0.1:" + port;
      assertThat(driver.run(List.of(Driver.call(1), Driver.call(2))))
          .containsOnly(new Outcome.RetryLater(UNAVAILABLE, reason, null));
      assertThat(transport.capacity()).isEqualTo(1);
      assertThat(driver.misuses()).isZero();
    }
  }

  @Test
  void anUnknownHostIsUnavailable() {
    try (Transport transport = open("http://nowhere.invalid/")) {
      assertThat(Driver.outcomeOf(transport, Driver.call(1)))
          .isEqualTo(
              new Outcome.RetryLater(UNAVAILABLE, "host not found: nowhere.invalid:80", null));
    }
  }

  @Test
  void aCertificateThatIsNotTrustedIsUnavailable() throws Exception {
    try (ScriptedServer server =
            new ScriptedServer(NEVER, Certificates.in(folder), "h2", "http/1.1");
        Transport transport = open(server.url("https", "/"))) {
      Outcome.RetryLater outcome = (Outcome.RetryLater) Driver.outcomeOf(transport, Driver.call(1));
      assertThat(outcome.fault()).isEqualTo(UNAVAILABLE);
      assertThat(outcome.reason()).startsWith("TLS failed with 127.0.0.1:").contains("PKIX");
      assertThat(server.seen).isEmpty();
    }
  }

  @Test
  void aServerWithoutHttp2IsUnavailableToCleartextHttp2() throws Exception {
    try (ScriptedServer server = new ScriptedServer(NEVER, null, "http/1.1");
        Transport transport = open(server.url("http", "/"), "version", "2")) {
      assertThat(((Outcome.RetryLater) Driver.outcomeOf(transport, Driver.call(1))).fault())
          .isEqualTo(UNAVAILABLE);
      assertThat(server.seen).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"1.1", "2"})
  @Tag("slow")
  void aServerThatOnlyListensIsUnavailableOrUnknownButNeverForgotten(String version)
      throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Transport transport =
            open(
                "http://127.0.0.1:" + silent.getLocalPort() + "/",
                "version",
                version,
                "timeout",
                "3s")) {
      Outcome outcome = Driver.outcomeOf(transport, Driver.call(1));
      assertThat(((Outcome.RetryLater) outcome).fault())
          .isEqualTo(version.equals("2") ? UNAVAILABLE : UNKNOWN);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"1.1", "2"})
  void anAnswerThatDoesNotComeInTimeLeavesTheOutcomeUnknown(String version) throws Exception {
    try (ScriptedServer server = new ScriptedServer(NEVER);
        Transport transport = open(server.url("http", "/"), "version", version, "timeout", "2s")) {
      assertThat(Driver.outcomeOf(transport, Driver.call(1)))
          .isEqualTo(new Outcome.RetryLater(UNKNOWN, "no answer within 2 s", null));
      await().until(() -> server.seen.size() == 1);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"1.1", "2"})
  void aConnectionCutWithCallsUnderWayLeavesThemUnknownAndTheNextOneConnectsAgain(String version)
      throws Exception {
    ScriptedServer.Answer answer =
        (request, response, callback) -> {
          if (request.getHeaders().getLongField("Stretto-Position") > 100) {
            callback.succeeded();
          } else if (request.getHeaders().getLongField("Stretto-Position") == 1) {
            callback.succeeded();
          } else if (request.getHeaders().getLongField("Stretto-Position") == 8) {
            request.getConnectionMetaData().getConnection().getEndPoint().close();
          }
        };
    try (ScriptedServer server = new ScriptedServer(answer);
        Transport transport =
            open(
                server.url("http", "/"),
                "version",
                version,
                "timeout",
                "20s",
                "connections",
                "1")) {
      Driver driver = new Driver(transport);
      assertThat(Driver.get(driver.start(Driver.call(1)))).isInstanceOf(Outcome.Delivered.class);
      List<CompletableFuture<Outcome>> cut = new ArrayList<>();
      for (int position = version.equals("2") ? 2 : 8; position <= 8; position++) {
        cut.add(driver.start(Driver.call(position)));
      }
      for (CompletableFuture<Outcome> outcome : cut) {
        assertThat(((Outcome.RetryLater) Driver.get(outcome)).fault()).isEqualTo(UNKNOWN);
      }
      await().until(() -> transport.capacity() == 1);
      assertThat(Driver.get(driver.start(Driver.call(101)))).isInstanceOf(Outcome.Delivered.class);
      assertThat(driver.misuses()).isZero();
    }
  }

  @Test
  void aRefusedStreamWasNotTakenAndAnotherResetLeavesTheOutcomeUnknown() throws Exception {
    try (ScriptedServer server = new ScriptedServer(ScriptedServer.status(200, ""));
        Transport transport = open(server.url("http", "/"), "version", "2")) {
      server.resetWith = ErrorCode.REFUSED_STREAM_ERROR;
      assertThat(((Outcome.RetryLater) Driver.outcomeOf(transport, Driver.call(1))).fault())
          .isEqualTo(UNTAKEN);
      server.resetWith = ErrorCode.INTERNAL_ERROR;
      assertThat(Driver.outcomeOf(transport, Driver.call(1)))
          .isEqualTo(
              new Outcome.RetryLater(
                  UNKNOWN, "connection lost before an answer: internal_error", null));
      server.resetWith = null;
      assertThat(Driver.outcomeOf(transport, Driver.call(3))).isInstanceOf(Outcome.Delivered.class);
    }
  }

  @Test
  void aServerThatSaysGoodbyeIsLeftOnceItsCallsHaveEnded() throws Exception {
    List<Callback> held = new ArrayList<>();
    ScriptedServer.Answer answer =
        (request, response, callback) -> {
          if (request.getHeaders().getLongField("Stretto-Position") == 2) {
            held.add(callback);
          } else {
            callback.succeeded();
          }
        };
    try (ScriptedServer server = new ScriptedServer(answer);
        Transport transport = open(server.url("http", "/"), "version", "2")) {
      Driver driver = new Driver(transport);
      assertThat(Driver.get(driver.start(Driver.call(1)))).isInstanceOf(Outcome.Delivered.class);
      CompletableFuture<Outcome> before = driver.start(Driver.call(2));
      await().until(() -> held.size() == 1);

      Session first = server.sessions.remove();
      var _ = first.shutdown();
      await().until(() -> transport.capacity() == 1);
      assertThat(before).isNotDone();
      held.getFirst().succeeded();

      assertThat(Driver.get(before)).isInstanceOf(Outcome.Delivered.class);
      assertThat(Driver.get(driver.start(Driver.call(3)))).isInstanceOf(Outcome.Delivered.class);
      assertThat(server.sessions).hasSize(1).doesNotContain(first);
      assertThat(driver.misuses()).isZero();
    }
  }

  @Test
  void closingEndsCallsUnderWayAndStartsNoMore() throws Exception {
    try (ScriptedServer server = new ScriptedServer(NEVER)) {
      Transport transport = open(server.url("http", "/"), "version", "2");
      Driver driver = new Driver(transport);
      CompletableFuture<Outcome> underWay = driver.start(Driver.call(1));
      await().until(() -> server.seen.size() == 1);
      transport.close();
      assertThat(((Outcome.RetryLater) Driver.get(underWay)).fault()).isEqualTo(UNKNOWN);
      assertThat(((Outcome.RetryLater) Driver.outcomeOf(transport, Driver.call(2))).fault())
          .isEqualTo(UNAVAILABLE);
      transport.close();
    }
  }

  private Transport open(String url, String... settings) {
    return type.open("space", MapSettings.url(url, settings), 16);
  }
}
