package dev.stretto.transport.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.stretto.transport.ArrivalOrder;
import dev.stretto.transport.Call;
import dev.stretto.transport.Driver;
import dev.stretto.transport.InvalidSettingException;
import dev.stretto.transport.MapSettings;
import dev.stretto.transport.Outcome;
import dev.stretto.transport.Outcome.Delivered;
import dev.stretto.transport.Outcome.Fault;
import dev.stretto.transport.Transport;
import java.io.IOException;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.stream.LongStream;
import org.eclipse.jetty.http2.api.Session;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;

/** Several HTTP/2 connections of one channel. */
class SpreadTransportTest {

  private static final int WINDOW = 16;
  private static final int STREAMS = 5;

  private final HttpTransportType type =
      new HttpTransportType(Clock.systemUTC(), new DefaultSslBundleRegistry()::getBundle);

  @Test
  void aWindowBeyondTheStreamsOfAConnectionTakesAsManyAsItNeeds() throws Exception {
    Queue<Callback> unanswered = new ConcurrentLinkedQueue<>();
    try (ScriptedServer server =
            ScriptedServer.ofStreams(
                STREAMS, (request, response, callback) -> unanswered.add(callback));
        Transport transport = open(server.url("http", "/"), 9)) {
      Driver driver = new Driver(transport);
      List<CompletableFuture<Outcome>> outcomes =
          LongStream.rangeClosed(1, WINDOW)
              .mapToObj(position -> driver.start(Driver.call(position)))
              .toList();

      await().until(() -> unanswered.size() == WINDOW);
      assertThat(server.sessions).as("connections").hasSize(4);
      assertThat(transport.capacity()).isEqualTo(WINDOW);

      unanswered.forEach(Callback::succeeded);
      assertThat(outcomes.stream().map(Driver::get)).containsOnly(new Delivered());
    }
  }

  @Test
  void oneConnectionIsMadeWhereItsStreamsAreEnough() throws Exception {
    try (ScriptedServer server = ScriptedServer.ofStreams(WINDOW, ScriptedServer.status(204, ""));
        Transport transport = open(server.url("http", "/"), 9)) {
      assertThat(new Driver(transport).run(calls(500))).containsOnly(new Delivered());
      assertThat(server.sessions).hasSize(1);
    }
  }

  @Test
  void everyMessageArrivesOnceHoweverOftenConnectionsEndInGoodOrder() throws Exception {
    try (ScriptedServer server = ScriptedServer.ofStreams(STREAMS, ScriptedServer.status(204, ""));
        Transport transport = open(server.url("http", "/"), 4)) {
      Random random = new Random(7);
      Driver driver = new Driver(transport);
      for (int round = 0; round < 30; round++) {
        List<Session> open = List.copyOf(server.sessions);
        if (!open.isEmpty()) {
          var _ = open.get(random.nextInt(open.size())).shutdown();
        }
        assertThat(driver.runUntilTaken(calls(100)).values()).containsOnly(new Delivered());
      }
      assertThat(server.seen).as("each round's, once").hasSize(30 * 100);
      assertThat(server.sessions).hasSizeGreaterThan(4);
      assertThat(driver.misuses()).isZero();
    }
  }

  @Test
  void oneThatCantBeMadeIsTriedOnceWhileTheOthersGoOn() throws Exception {
    try (Http2Script server = new Http2Script((link, number) -> answerAll(link));
        Transport transport = open(server.url(), 4)) {
      Driver driver = new Driver(transport);
      assertThat(driver.run(calls(1))).containsOnly(new Delivered());
      server.refuseMore();

      assertThat(driver.runUntilTaken(calls(200)).values()).containsOnly(new Delivered());

      assertThat(driver.untaken()).as("tried, and not again at once").isEqualTo(1);
      assertThat(server.accepted).hasSize(1 + 200);
    }
  }

  /** What was written to it may have arrived. */
  @Test
  void oneThatIsLostAtOnceIsTriedOnceWhileTheOthersGoOn() throws Exception {
    try (Http2Script server =
            new Http2Script((link, number) -> {
              if (number == 1) {
                answerAll(link);
              }
            });
        Transport transport = open(server.url(), 4)) {
      Driver driver = new Driver(transport);

      assertThat(driver.runUntilTaken(calls(1000)).values())
          .filteredOn(outcome -> !outcome.equals(new Delivered()))
          .as("no more than were on the three")
          .hasSizeLessThan(3 * WINDOW);
    }
  }

  /** As behind a router that has forgotten it. */
  @Test
  void oneThatAnswersNothingIsLeftAloneWhileTheOthersGoOn() throws Exception {
    Queue<String> taken = new ConcurrentLinkedQueue<>();
    try (Http2Script server =
            new Http2Script((link, number) -> {
              if (number == 2) {
                link.allow(8).send();
                while (true) {
                  taken.add(link.take().body());
                }
              }
              answerAll(link);
            });
        Transport transport = open(server.url(), 2, "timeout", "2s")) {
      Driver driver = new Driver(transport);
      List<Call> calls = calls(2000);

      Map<Long, Outcome> first = driver.runUntilTaken(calls.subList(0, 1000));
      Map<Long, Outcome> then = driver.runUntilTaken(calls.subList(1000, 2000));

      assertThat(taken).hasSizeBetween(1, WINDOW);
      assertThat(calls.subList(0, 1000))
          .filteredOn(call -> !new Delivered().equals(first.get(call.message().position())))
          .extracting(call -> call.message().payload())
          .as("those that it took")
          .containsExactlyInAnyOrderElementsOf(taken);
      assertThat(then.values()).containsOnly(new Delivered());
    }
  }

  /** It says nothing once the connection is made, for longer than all the others take. */
  @Test
  void whileOneIsMadeTheOthersGoOn() throws Exception {
    try (Http2Script server = new Http2Script((link, number) -> answerAll(link));
        Transport transport = open(server.url(), 2)) {
      Driver driver = new Driver(transport);
      assertThat(driver.run(calls(1))).containsOnly(new Delivered());
      server.connections = new CountDownLatch(2);
      Queue<Outcome> early = new ConcurrentLinkedQueue<>();

      List<CompletableFuture<Outcome>> outcomes =
          LongStream.rangeClosed(2, 1000)
              .mapToObj(position -> {
                CompletableFuture<Outcome> outcome = driver.start(Driver.call(position));
                var _ = outcome.thenAccept(early::add);
                return outcome;
              })
              .toList();

      await().until(() -> early.size() == outcomes.size() - 1);
      server.connections.countDown();
      assertThat(outcomes.stream().map(Driver::get)).containsOnly(new Delivered());
    }
  }

  private static void answerAll(Http2Script.Link link) throws IOException {
    link.allow(2).send();
    while (true) {
      link.headers(link.take().stream(), 204, true).send();
    }
  }

  @Test
  void aDestinationThatIsGoneIsUnavailable() throws Exception {
    Transport transport;
    String url;
    try (ScriptedServer server =
        ScriptedServer.ofStreams(STREAMS, ScriptedServer.status(204, ""))) {
      url = server.url("http", "/");
      transport = open(url, 4);
      assertThat(new Driver(transport).run(calls(100))).containsOnly(new Delivered());
    }
    try (transport) {
      await().until(() -> transport.capacity() == 1);
      assertThat(new Driver(transport).runUntilTaken(calls(1)).values())
          .singleElement()
          .isInstanceOfSatisfying(
              Outcome.RetryLater.class,
              later -> assertThat(later.fault()).isEqualTo(Fault.UNAVAILABLE));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "2, false, false",
    "2, true, true",
    "auto, false, true",
    "1.1, false, true",
  })
  void moreThanOneNeedsKeyOrder(String version, boolean byKey, boolean allowed) {
    MapSettings settings =
        MapSettings.url("http://127.0.0.1:1/", "version", version, "connections", "4");
    if (allowed) {
      type.check(settings, byKey);
    } else {
      assertThatThrownBy(() -> type.check(settings, byKey))
          .isInstanceOf(InvalidSettingException.class)
          .hasMessageContaining("http.connections")
          .hasMessageContaining("ordering key");
    }
    assertThat(type.arrivalOrder(settings)).isEqualTo(ArrivalOrder.NOT_KEPT);
  }

  private static List<Call> calls(int count) {
    return LongStream.rangeClosed(1, count).mapToObj(Driver::call).toList();
  }

  private Transport open(String url, int connections, String... settings) {
    return type.open(
        "space",
        MapSettings.url(url, settings)
            .put("version", "2")
            .put("connections", Integer.toString(connections)),
        WINDOW);
  }
}
