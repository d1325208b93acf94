package dev.stretto.transport.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.stretto.transport.Call;
import dev.stretto.transport.Driver;
import dev.stretto.transport.MapSettings;
import dev.stretto.transport.Outcome;
import dev.stretto.transport.Transport;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.eclipse.jetty.client.ConnectionPool;
import org.eclipse.jetty.client.ContentResponse;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.http.HttpVersion;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;

/** What channels share of their clients, and what they don't. */
@Isolated("counts threads")
class HttpClientsTest {

  private static final int CHANNELS = 100;

  private final HttpTransportType type =
      new HttpTransportType(Clock.systemUTC(), new DefaultSslBundleRegistry()::getBundle);

  @Test
  void aHundredChannelsHaveAConnectionEachAndShareTheThreads() throws Exception {
    try (ScriptedServer server = new ScriptedServer(ScriptedServer.status(200, ""))) {
      Set<Thread> before = threads();
      List<Transport> channels = new ArrayList<>();
      for (int number = 0; number < CHANNELS; number++) {
        channels.add(open("space" + number, server, "2", 8));
      }
      for (Transport channel : channels) {
        assertThat(new Driver(channel).run(calls(3)))
            .allSatisfy(outcome -> assertThat(outcome).isInstanceOf(Outcome.Delivered.class));
      }

      assertThat(server.sessions).hasSize(CHANNELS);
      // Those that answers are read and told on, one that waits for the network, and the timer.
      assertThat(added(before)).hasSizeLessThanOrEqualTo(8 + 1 + 1);

      channels.forEach(Transport::close);
      await().until(() -> added(before).isEmpty());
    }
  }

  /** Which happens to one whose first calls are answered at once, in several threads. */
  @Test
  void aConnectionThatIsGivenBackOnceTooOftenStays() throws Exception {
    try (ScriptedServer server = new ScriptedServer(ScriptedServer.status(200, ""));
        HttpConnections connections = connections(server)) {
      HttpClient client = connections.client();
      assertThat(get(client, server, connections).getStatus()).isEqualTo(200);
      HttpLink link = Objects.requireNonNull(connections.link());
      ConnectionPool pool = client.getDestinations().getFirst().getConnectionPool();
      await().until(() -> !pool.isActive(link));

      assertThat(pool.release(link)).as("stays open").isTrue();

      assertThat(get(client, server, connections).getStatus()).isEqualTo(200);
      assertThat(server.sessions).hasSize(1);
    }
  }

  private static HttpConnections connections(ScriptedServer server) {
    HttpSettings settings =
        MapSettings.url(server.url("http", "/"), "version", "2").bind(HttpSettings.class);
    return new HttpConnections(
        new HttpClients(),
        settings,
        8,
        new CallsUnderWay("space", settings.timeout(), false),
        new HttpTls(settings, new DefaultSslBundleRegistry()::getBundle),
        null);
  }

  private static ContentResponse get(
      HttpClient client, ScriptedServer server, HttpConnections connections) throws Exception {
    return client
        .newRequest(server.url("http", "/"))
        .version(HttpVersion.HTTP_2)
        .tag(connections)
        .send();
  }

  @ParameterizedTest
  @ValueSource(strings = {"2", "1.1"})
  void theEndOfOneChannelIsNoneOfAnothers(String version) throws Exception {
    CountDownLatch answers = new CountDownLatch(1);
    try (ScriptedServer server =
        new ScriptedServer((request, response, callback) -> {
          answers.await();
          ScriptedServer.status(200, "").give(request, response, callback);
        })) {
      Transport ending = open("ending", server, version, 2);
      try (Transport staying = open("staying", server, version, 2)) {
        CompletableFuture<Outcome> unanswered = new Driver(ending).start(Driver.call(1));
        CompletableFuture<Outcome> answered = new Driver(staying).start(Driver.call(1));
        await().until(() -> server.begun.get() == 2);

        ending.close();
        assertThat(Driver.get(unanswered))
            .isInstanceOfSatisfying(
                Outcome.RetryLater.class,
                outcome -> assertThat(outcome.fault()).isEqualTo(Outcome.Fault.UNKNOWN));
        answers.countDown();

        assertThat(Driver.get(answered)).isInstanceOf(Outcome.Delivered.class);
        assertThat(Driver.outcomeOf(staying, Driver.call(2))).isInstanceOf(Outcome.Delivered.class);
      }
    }
  }

  /** Those of the clients. */
  private static Set<Thread> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("http-") || thread.getName().equals("http"))
        .collect(Collectors.toSet());
  }

  /** Those that another test's clients leave behind may end in the meantime. */
  private static Set<Thread> added(Set<Thread> before) {
    Set<Thread> added = threads();
    added.removeAll(before);
    return added;
  }

  private static List<Call> calls(int count) {
    return IntStream.rangeClosed(1, count).mapToObj(Driver::call).toList();
  }

  private Transport open(String channel, ScriptedServer server, String version, int window) {
    return type.open(channel, MapSettings.url(server.url("http", "/"), "version", version), window);
  }
}
