package dev.stretto.transport.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.stretto.receiver.Certificates;
import dev.stretto.transport.Driver;
import dev.stretto.transport.MapSettings;
import dev.stretto.transport.Outcome;
import dev.stretto.transport.Transport;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;

class HttpVersionsTest {

  @TempDir static Path folder;

  private static Certificates certificates;

  private final HttpTransportType type =
      new HttpTransportType(Clock.systemUTC(), new DefaultSslBundleRegistry()::getBundle);

  @BeforeAll
  static void makeCertificates() throws Exception {
    certificates = Certificates.in(folder);
  }

  @ParameterizedTest
  @CsvSource({
    "auto, h2 http/1.1, HTTP/2.0",
    "auto, http/1.1, HTTP/1.1",
    "1.1, h2 http/1.1, HTTP/1.1",
    "2, h2 http/1.1, HTTP/2.0",
    "2, h2, HTTP/2.0",
  })
  void tlsNegotiatesWhatTheVersionAllows(String version, String offered, String spoken)
      throws Exception {
    try (ScriptedServer server =
            new ScriptedServer(ScriptedServer.status(200, ""), certificates, offered.split(" "));
        Transport transport = openTls(server, "version", version)) {
      assertThat(Driver.outcomeOf(transport, Driver.call(1))).isInstanceOf(Outcome.Delivered.class);
      assertThat(server.seen.remove().version()).isEqualTo(spoken);
      int expected = spoken.equals("HTTP/2.0") ? 16 : 3;
      assertThat(transport.capacity()).isEqualTo(expected);
    }
  }

  @Test
  void cleartextIsHttp1UnlessHttp2IsAskedFor() throws Exception {
    try (ScriptedServer server = new ScriptedServer(ScriptedServer.status(200, ""));
        Transport transport = open(server)) {
      assertThat(Driver.outcomeOf(transport, Driver.call(1))).isInstanceOf(Outcome.Delivered.class);
      assertThat(server.seen.remove().version()).isEqualTo("HTTP/1.1");
    }
  }

  @Test
  void aPkcs12TrustStoreIsTaken() throws Exception {
    try (ScriptedServer server =
            new ScriptedServer(ScriptedServer.status(200, ""), certificates, "http/1.1");
        Transport transport =
            type.open(
                "space",
                MapSettings.url(
                    server.url("https", "/"),
                    "trust-store",
                    certificates.keyStore().toString(),
                    "trust-store-password",
                    certificates.password()),
                16)) {
      assertThat(Driver.outcomeOf(transport, Driver.call(1))).isInstanceOf(Outcome.Delivered.class);
    }
  }

  @Test
  void capacityFollowsTheStreamsThatTheServerAllows() throws Exception {
    try (ScriptedServer server = new ScriptedServer(ScriptedServer.status(200, ""));
        Transport transport = open(server, "version", "2")) {
      assertThat(transport.capacity()).isEqualTo(1);
      Driver.outcomeOf(transport, Driver.call(1));
      assertThat(transport.capacity()).as("128 allowed, the window is 16").isEqualTo(16);
      server.announceStreams(5);
      await().until(() -> transport.capacity() == 5);
      server.announceStreams(0);
      await().until(() -> transport.capacity() == 1);
      server.announceStreams(9);
      await().until(() -> transport.capacity() == 9);
      assertThat(Driver.outcomeOf(transport, Driver.call(2))).isInstanceOf(Outcome.Delivered.class);
    }
  }

  @Test
  void aServerThatAllowsNoStreamIsUnavailable() throws Exception {
    try (ScriptedServer server = new ScriptedServer(ScriptedServer.status(200, ""));
        Transport transport = open(server, "version", "2")) {
      Driver.outcomeOf(transport, Driver.call(1));
      server.announceStreams(0);
      await().until(() -> transport.capacity() == 1);

      assertThat(Driver.outcomeOf(transport, Driver.call(2)))
          .isEqualTo(
              new Outcome.RetryLater(
                  Outcome.Fault.UNAVAILABLE,
                  "the destination takes no more requests now: 127.0.0.1:" + server.port(),
                  null));

      server.announceStreams(9);
      await().until(() -> transport.capacity() == 9);
      assertThat(Driver.outcomeOf(transport, Driver.call(3))).isInstanceOf(Outcome.Delivered.class);
      assertThat(server.seen).hasSize(2);
    }
  }

  @Test
  void aCallStartedAsFewerStreamsBecomeAllowedGoesBackInLineAndGetsNoConnectionOfItsOwn()
      throws Exception {
    Queue<Callback> held = new ConcurrentLinkedQueue<>();
    try (ScriptedServer server =
            new ScriptedServer((request, response, callback) -> held.add(callback));
        Transport transport = open(server, "version", "2")) {
      Driver driver = new Driver(transport);
      List<CompletableFuture<Outcome>> early = new ArrayList<>();
      for (int position = 1; position <= 4; position++) {
        early.add(driver.start(Driver.call(position)));
      }
      await().until(() -> held.size() == 4);
      server.announceStreams(2);
      await().until(() -> transport.capacity() == 2);

      CompletableFuture<Outcome> late = new CompletableFuture<>();
      transport.start(Driver.call(5), Driver.finishing(late));
      assertThat(((Outcome.RetryLater) Driver.get(late)).fault()).isEqualTo(Outcome.Fault.UNTAKEN);
      held.forEach(Callback::succeeded);
      assertThat(early).extracting(Driver::get).allMatch(Outcome.Delivered.class::isInstance);

      CompletableFuture<Outcome> again = driver.start(Driver.call(5));
      await().until(() -> held.size() == 5);
      held.forEach(Callback::succeeded);
      assertThat(Driver.get(again)).isInstanceOf(Outcome.Delivered.class);
      assertThat(server.sessions).as("connections").hasSize(1);
    }
  }

  @ParameterizedTest
  @CsvSource({"auto, HTTP/2.0", "1.1, HTTP/1.1"})
  void tlsGoesThroughAProxyInATunnel(String version, String spoken) throws Exception {
    try (ScriptedServer server =
            new ScriptedServer(ScriptedServer.status(200, ""), certificates, "h2", "http/1.1");
        TestProxy proxy = new TestProxy();
        Transport transport = openTls(server, "version", version, "proxy", proxy.url())) {
      assertThat(Driver.outcomeOf(transport, Driver.call(1))).isInstanceOf(Outcome.Delivered.class);
      assertThat(server.seen.remove().version()).isEqualTo(spoken);
      assertThat(proxy.requestLines)
          .containsExactly("CONNECT 127.0.0.1:" + server.port() + " HTTP/1.1");
      assertThat(transport.capacity()).isEqualTo(spoken.equals("HTTP/2.0") ? 16 : 3);
    }
  }

  @Test
  void cleartextGoesThroughAProxyAsARequestForTheWholeAddress() throws Exception {
    try (ScriptedServer server = new ScriptedServer(ScriptedServer.status(200, ""));
        TestProxy proxy = new TestProxy();
        Transport transport = open(server, "proxy", proxy.url())) {
      assertThat(Driver.outcomeOf(transport, Driver.call(1))).isInstanceOf(Outcome.Delivered.class);
      assertThat(proxy.requestLines)
          .containsExactly("POST " + server.url("http", "/hook") + " HTTP/1.1");
    }
  }

  private Transport open(ScriptedServer server, String... settings) {
    return type.open("space", MapSettings.url(server.url("http", "/hook"), settings), 16);
  }

  private Transport openTls(ScriptedServer server, String... settings) {
    MapSettings all = MapSettings.url(server.url("https", "/hook"), settings);
    all.values().put("http.trust-store", certificates.pem().toString());
    all.values().put("http.connections", "3");
    return type.open("space", all, 16);
  }
}
