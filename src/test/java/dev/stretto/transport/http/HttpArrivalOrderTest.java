package dev.stretto.transport.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.stretto.receiver.Certificates;
import dev.stretto.receiver.Receiver;
import dev.stretto.transport.Call;
import dev.stretto.transport.Driver;
import dev.stretto.transport.MapSettings;
import dev.stretto.transport.Outcome;
import dev.stretto.transport.Transport;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;

class HttpArrivalOrderTest {

  private static final int CALLS = 5_000;

  private final HttpTransportType type =
      new HttpTransportType(Clock.systemUTC(), new DefaultSslBundleRegistry()::getBundle);

  @TempDir Path folder;

  @Test
  void requestsArriveInStartOrderOverCleartextHttp2() {
    try (Receiver receiver = receiver(1024, null);
        Transport transport = open("http", receiver, 256, "version", "2")) {
      sendAndExpectOrder(transport, receiver);
    }
  }

  @Test
  void requestsArriveInStartOrderOverHttp2WithTls() throws Exception {
    Certificates certificates = Certificates.in(folder);
    Receiver.Tls tls = new Receiver.Tls(certificates.keyStore(), certificates.password(), false);
    try (Receiver receiver = receiver(1024, tls);
        Transport transport =
            open("https", receiver, 64, "trust-store", certificates.pem().toString())) {
      sendAndExpectOrder(transport, receiver);
    }
  }

  @Test
  void nothingWaitsInsideTheClientWhenTheServerAllowsFewerStreamsThanTheWindow() {
    try (Receiver receiver = receiver(10, null);
        Transport transport = open("http", receiver, 256, "version", "2")) {
      sendAndExpectOrder(transport, receiver);
      assertThat(transport.capacity()).isEqualTo(10);
      assertThat(receiver.totals().maxInFlight()).isBetween(2, 10);
    }
  }

  @Test
  void callsOverlapUpToTheNumberOfConnectionsOverHttp1() {
    try (Receiver receiver = receiver(1024, null);
        Transport transport = open("http", receiver, 256, "connections", "7")) {
      Driver driver = new Driver(transport);
      assertThat(transport.capacity()).isEqualTo(1);
      assertThat(driver.run(calls(500))).allMatch(Outcome.Delivered.class::isInstance);
      assertThat(transport.capacity()).isEqualTo(7);
      assertThat(driver.mostUnderWay()).isEqualTo(7);
      assertThat(driver.misuses()).isZero();
      assertThat(receiver.totals().distinct()).isEqualTo(500);
      assertThat(receiver.totals().maxInFlight()).isBetween(2, 7);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"1.1", "2"})
  void aCallHasLeftOnlyOnceItsWholeBodyWasTaken(String version) throws Exception {
    try (ScriptedServer server = new ScriptedServer(ScriptedServer.status(200, ""));
        Transport transport =
            type.open("space", MapSettings.url(server.url("http", "/"), "version", version), 8)) {
      server.beforeBodies = new CountDownLatch(1);
      Queue<String> told = new ConcurrentLinkedQueue<>();
      String payload = "x".repeat(32 * 1024 * 1024);
      transport.start(
          new Call(Driver.message(1, payload, Map.of()), 1, 1),
          new Transport.Progress() {
            @Override
            public void handedOver() {
              told.add("handed over");
            }

            @Override
            public void finished(Outcome outcome) {
              told.add(outcome.toString());
            }
          });
      await().until(() -> server.begun.get() == 1);
      assertThat(told).isEmpty();

      server.beforeBodies.countDown();

      await().until(() -> told.size() == 2);
      assertThat(told).containsExactly("handed over", "Delivered[]");
    }
  }

  private void sendAndExpectOrder(Transport transport, Receiver receiver) {
    Driver driver = new Driver(transport);
    assertThat(transport.capacity()).as("before there is a connection").isEqualTo(1);

    assertThat(driver.run(calls(CALLS))).allMatch(Outcome.Delivered.class::isInstance);

    assertThat(driver.misuses()).isZero();
    assertThat(driver.mostUnderWay()).isGreaterThan(1);
    Receiver.Totals totals = receiver.totals();
    assertThat(totals.inversions()).isZero();
    assertThat(totals.count()).isEqualTo(CALLS);
    assertThat(totals.duplicates()).isZero();
    assertThat(receiver.arrivals())
        .extracting(Receiver.Arrival::position)
        .isEqualTo(LongStream.rangeClosed(1, CALLS).boxed().toList());
  }

  private static List<Call> calls(int count) {
    return LongStream.rangeClosed(1, count).mapToObj(Driver::call).toList();
  }

  private static Receiver receiver(int streams, Receiver.@Nullable Tls tls) {
    return new Receiver(
        new Receiver.Options(
            0, position -> Duration.ofMillis(position % 4), streams, tls, Map.of()));
  }

  private Transport open(String scheme, Receiver receiver, int window, String... settings) {
    String url = scheme + "://127.0.0.1:" + receiver.port() + "/hook?a=1";
    return type.open("space", MapSettings.url(url, settings), window);
  }
}
