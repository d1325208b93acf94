package dev.stretto.transport.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stretto.transport.ArrivalOrder;
import dev.stretto.transport.Call;
import dev.stretto.transport.Driver;
import dev.stretto.transport.InvalidSettingException;
import dev.stretto.transport.MapSettings;
import dev.stretto.transport.Outcome;
import dev.stretto.transport.Outcome.Apart;
import dev.stretto.transport.Outcome.Delivered;
import dev.stretto.transport.Outcome.Fault;
import dev.stretto.transport.Outcome.Refused;
import dev.stretto.transport.Outcome.Rejected;
import dev.stretto.transport.Outcome.RetryLater;
import dev.stretto.transport.Transport;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;
import tools.jackson.databind.json.JsonMapper;

/** Hosts that messages name. */
class HostsTransportTest {

  private static final String WHOLE = "{{payload/to}}";
  private static final JsonMapper JSON = new JsonMapper();

  private final HttpTransportType type =
      new HttpTransportType(Clock.systemUTC(), new DefaultSslBundleRegistry()::getBundle);
  private final AtomicLong position = new AtomicLong();

  private Transport open(MapSettings settings) {
    type.check(settings, true);
    return type.open("space", settings, 4);
  }

  private static MapSettings loopback(String url, String... settings) {
    return MapSettings.url(url, settings).put("allow", "127.0.0.0/8,::1");
  }

  private Call to(String url) {
    String payload = JSON.writeValueAsString(Map.of("to", url));
    return new Call(Driver.message(position.incrementAndGet(), payload, Map.of()), 1, 42);
  }

  private Outcome outcome(Transport transport, String url) {
    return Driver.outcomeOf(transport, to(url));
  }

  @ParameterizedTest
  @ValueSource(strings = {"1.1", "2"})
  void aWholeAddressFromAMessageIsCalledWithWhatIsWrittenBesideIt(String version) throws Exception {
    try (ScriptedServer one = new ScriptedServer(ScriptedServer.status(200, ""));
        ScriptedServer other = new ScriptedServer(ScriptedServer.status(200, ""));
        Transport transport =
            open(
                loopback(
                    WHOLE,
                    "version",
                    version,
                    "request.path",
                    "/{{position}}",
                    "request.query",
                    "b={{id}}"))) {
      Apart first = (Apart) outcome(transport, one.url("http", "/hook/?a=1"));
      Apart second = (Apart) outcome(transport, other.url("HTTP", ""));

      assertThat(List.of(first.outcome(), second.outcome())).allMatch(Delivered.class::isInstance);
      assertThat(first.destination()).isEqualTo("http://127.0.0.1:" + one.port());
      assertThat(one.seen.remove().pathQuery()).startsWith("/hook/1?a=1&b=");
      assertThat(other.seen.remove().pathQuery()).startsWith("/2?b=");
    }
  }

  @Test
  void partsOfAHostFromAMessageCantLeadOutOfIt() throws Exception {
    try (ScriptedServer server = new ScriptedServer(ScriptedServer.status(200, ""));
        Transport transport =
            open(loopback("http://127.0.0.{{payload/to}}:" + server.port() + "/x"))) {
      assertThat(((Apart) outcome(transport, "1")).outcome()).isInstanceOf(Delivered.class);

      for (String value : List.of("1/", "1:1", "1@a", "1#", "1?", "1\\", "1%2e", "1 ", "", "[")) {
        assertThat(outcome(transport, value))
            .isEqualTo(
                new Rejected(
                    Refused.UNSENDABLE,
                    "http.url: {{payload/to}} has other characters than letters, digits, '-', '_'"
                        + " and '.', or none at all"));
      }
      assertThat(server.seen).hasSize(1);
    }
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '"',
      value = {
        "ftp://127.0.0.1/s3cret, must start with http: or https:",
        "//127.0.0.1/s3cret, must start with http: or https:",
        "http:127.0.0.1, must start with http: or https:",
        "file:///s3cret, must start with http: or https:",
        "http:///s3cret, names no host",
        "http://me:s3cret@127.0.0.1/, must not hold credentials",
        "http://127.0.0.1\\@example.org/s3cret, must not hold credentials",
        "http://127.0.0.1\\s3cret/, the host's name may have letters",
        "http://127.0.0.1/#s3cret, must not have a #fragment",
        "http://127.0.0.1:0/s3cret, has a port that can't be one",
        "http://127.0.0.1:/s3cret, names no port",
        "\" http://127.0.0.1/s3cret\", {{payload/to}} has a blank",
        "\"http://127.0.0.1/s3cret\n\", {{payload/to}} has a blank or a control character",
        "http://127.0.0.1\u0000/s3cret, {{payload/to}} has a blank or a control character",
        "http://127.0.0.1\u200B/s3cret, {{payload/to}} has a blank or a control character",
        "http://127.0.0.1/s3cret|, is no valid address",
        "http://127.0.0.1/%zz, is no valid address",
        "http://%31%32%37.0.0.1/s3cret, is no valid address",
        "http://2130706433/s3cret, the host is a number",
        "http://0x7f.1/s3cret, the host is a number",
        "http://0177.0.0.1/s3cret, the host is a number",
        "http://localhost./s3cret, has a part between dots that can't be one",
        "http://straße.example/s3cret, has a letter in the host's name",
        "\"\", {{payload/to}} is empty",
      })
  void anAddressThatCantBeMeantParksItsMessageAndIsNotRepeated(String url, String problem) {
    try (Transport transport = open(loopback(WHOLE))) {
      Rejected rejected = (Rejected) outcome(transport, url);

      assertThat(rejected.refused()).isEqualTo(Refused.UNSENDABLE);
      assertThat(rejected.reason())
          .startsWith("http.url: ")
          .contains(problem)
          .doesNotContain("s3cret");
    }
  }

  @Test
  void aMessageWithoutTheAddressIsNamed() {
    try (Transport transport = open(loopback("{{payload/customer/url}}"))) {
      assertThat(outcome(transport, ""))
          .isEqualTo(
              new Rejected(
                  Refused.UNSENDABLE,
                  "http.url: {{payload/customer/url}} is missing in the message"));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "1.1, 127.0.0.1, 127.0.0.1",
    "2, 127.0.0.1, 127.0.0.1",
    "auto, localhost, 127.0.0.1",
    "2, LOCALHOST, 127.0.0.1",
    "1.1, １２７。0。0.1, 127.0.0.1",
    "1.1, [::ffff:127.0.0.1], 127.0.0.1",
    "1.1, [::ffff:7f00:1], 127.0.0.1",
  })
  void aForbiddenAddressParksItsMessageAndNothingIsConnected(
      String version, String host, String address) throws Exception {
    try (ScriptedServer server = new ScriptedServer(ScriptedServer.status(200, ""));
        Transport transport = open(MapSettings.url(WHOLE, "version", version))) {
      Apart apart = (Apart) outcome(transport, "http://" + host + ":" + server.port() + "/");

      assertThat(apart.outcome()).isInstanceOf(Rejected.class);
      Rejected rejected = (Rejected) apart.outcome();
      assertThat(rejected.refused()).isEqualTo(Refused.UNSENDABLE);
      assertThat(rejected.reason())
          .startsWith("http.url: host ")
          .contains(" is at " + address, "(loopback)", "http.allow");
      assertThat(server.begun).hasValue(0);
    }
  }

  @Test
  void namesAndPortsAreJudgedBeforeAnythingIsLookedUp() {
    try (Transport transport = open(MapSettings.url(WHOLE, "allow", "*.example.org,:443"))) {
      assertThat(outcome(transport, "https://example.com/"))
          .isEqualTo(
              new Rejected(
                  Refused.UNSENDABLE,
                  "http.url: example.com:443 is none of the hosts that http.allow names"));
      assertThat(outcome(transport, "http://a.example.org/"))
          .isEqualTo(
              new Rejected(
                  Refused.UNSENDABLE,
                  "http.url: a.example.org:80 has none of the ports that http.allow names"));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {301, 401, 404, 410, 422})
  void whateverAHostRefusesItRefusesItsMessage(int status) throws Exception {
    try (ScriptedServer server = new ScriptedServer(ScriptedServer.status(status, "no"));
        Transport transport = open(loopback(WHOLE))) {
      assertThat(((Apart) outcome(transport, server.url("http", "/"))).outcome())
          .isEqualTo(new Rejected(Refused.MESSAGE, "HTTP " + status + ": no"));
    }
  }

  @Test
  void aHostThatCantBeReachedIsLeftAloneWhileOthersAreCalled() throws Exception {
    int closed;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      closed = socket.getLocalPort();
    }
    String dead = "http://127.0.0.1:" + closed;
    try (ScriptedServer live = new ScriptedServer(ScriptedServer.status(200, ""));
        Transport transport = open(loopback(WHOLE))) {
      Apart first = (Apart) outcome(transport, dead + "/a");
      Apart turnedAway = (Apart) outcome(transport, dead + "/b");

      String reason = "connection refused: 127.0.0.1:" + closed;
      assertThat(first).isEqualTo(new Apart(dead, new RetryLater(Fault.UNAVAILABLE, reason, null)));
      RetryLater later = (RetryLater) turnedAway.outcome();
      assertThat(later.reason()).isEqualTo(reason);
      assertThat(later.retryAfter()).isPositive();
      assertThat(((Apart) outcome(transport, live.url("http", "/"))).outcome())
          .isInstanceOf(Delivered.class);
    }
  }

  @Test
  void aHostThatIsSlowKeepsNoOtherWaiting() throws Exception {
    List<CompletableFuture<Outcome>> slow = new ArrayList<>();
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        ScriptedServer live = new ScriptedServer(ScriptedServer.status(200, ""));
        Transport transport = open(loopback(WHOLE))) {
      Driver driver = new Driver(transport);
      for (int i = 0; i < 3; i++) {
        slow.add(driver.start(to("http://127.0.0.1:" + silent.getLocalPort())));
      }

      assertThat(((Apart) Driver.get(driver.start(to(live.url("http", "/"))))).outcome())
          .isInstanceOf(Delivered.class);
      assertThat(slow).noneMatch(CompletableFuture::isDone);
    }
  }

  @Test
  void whatIsMoreThanAHostsStreamsWaitsForThem() throws Exception {
    int calls = 1100;
    try (ScriptedServer server = ScriptedServer.ofStreams(1, ScriptedServer.status(200, ""));
        Transport transport = type.open("space", loopback(WHOLE, "version", "2"), calls)) {
      server.beforeBodies = new CountDownLatch(1);
      Driver driver = new Driver(transport);
      List<CompletableFuture<Outcome>> outcomes = new ArrayList<>();
      for (int i = 0; i < calls; i++) {
        outcomes.add(driver.start(to(server.url("http", "/"))));
      }
      server.beforeBodies.countDown();

      assertThat(outcomes)
          .allSatisfy(outcome ->
              assertThat(((Apart) Driver.get(outcome)).outcome()).isInstanceOf(Delivered.class));
    }
  }

  @Test
  void onlySoManyHostsKeepTheirConnections() throws Exception {
    try (ScriptedServer server = new ScriptedServer(ScriptedServer.status(200, ""));
        Transport transport =
            open(MapSettings.url(WHOLE, "allow", "0.0.0.0/0", "connect-timeout", "5s"))) {
      HostsTransport hosts = (HostsTransport) transport;
      for (int i = 0; i < 300; i++) {
        // Each is another host to the client, where nothing listens but on the first.
        outcome(transport, "http://127.0.%d.%d:%d/".formatted(i / 250, 1 + i % 250, server.port()));
      }

      assertThat(hosts.hosts()).isEqualTo(4 + 128);
      assertThat(server.seen).hasSize(1);
      outcome(transport, server.url("http", "/again"));
      assertThat(server.seen).as("one that was given up is called anew").hasSize(2);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "proxy, http://proxy:3128, http.proxy, the proxy would choose the address",
    "oauth2.token-url, https://a/token, http.oauth2, use a channel of its own",
    "basic.user, me, http.basic, have http.allow name the hosts",
    "headers.Authorization, Bearer s3cret, http.headers.Authorization, would go to whatever host",
    "headers.X-Api-Key, s3cret, http.headers.X-Api-Key, would go to whatever host",
    "request.headers.Cookie, s3cret, http.request.headers.Cookie, would go to whatever host",
  })
  void whatMustNotGoToAnyHostIsRefused(
      String property, String value, String named, String problem) {
    MapSettings settings =
        MapSettings.url(WHOLE)
            .put(property, value)
            .put("basic.password", "s3cret")
            .put("oauth2.client-id", "a")
            .put("oauth2.client-secret", "s3cret");
    if (!property.startsWith("basic")) {
      settings.values().remove("http.basic.password");
    }
    if (!property.startsWith("oauth2")) {
      settings.values().remove("http.oauth2.client-id");
      settings.values().remove("http.oauth2.client-secret");
    }
    assertThatThrownBy(() -> open(settings))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessageStartingWith(named + ": ")
        .hasMessageContaining(problem)
        .hasMessageNotContaining("s3cret");
  }

  @Test
  void aSecretGoesToHostsThatTheSettingsNameAndAMessagesOwnToItsOwn() {
    open(MapSettings.url(WHOLE, "headers.Authorization", "Bearer s3cret")
            .put("allow", "*.example.org"))
        .close();
    open(MapSettings.url(WHOLE, "request.headers.Authorization", "Bearer {{headers.Token}}"))
        .close();
  }

  @Test
  void severalConnectionsToAHostOrAnotherOrderAreRefused() {
    MapSettings settings = MapSettings.url(WHOLE, "version", "2", "connections", "2");
    assertThatThrownBy(() -> open(settings)).hasMessageStartingWith("http.connections: ");
    assertThatThrownBy(() -> type.check(MapSettings.url(WHOLE), false))
        .hasMessageStartingWith("http.url: is a template, which needs ordering key");
    assertThat(type.arrivalOrder(MapSettings.url(WHOLE, "version", "2")))
        .isEqualTo(ArrivalOrder.NOT_KEPT);
  }
}
