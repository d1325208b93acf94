package dev.stretto.transport.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stretto.transport.MapSettings;
import dev.stretto.transport.http.hosts.AllowedHosts;
import dev.stretto.transport.http.hosts.ForbiddenHostException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ExecutionException;
import org.eclipse.jetty.client.ContentResponse;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.util.SocketAddressResolver;
import org.junit.jupiter.api.Test;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;

/** A name whose addresses change, as somebody arranges who wants to be called elsewhere. */
class JudgedAddressesTest {

  private final Queue<List<String>> addresses = new ArrayDeque<>();

  private final SocketAddressResolver changing =
      (_, port, _, found) ->
          found.succeeded(
              addresses.remove().stream()
                  .map(address -> new InetSocketAddress(address, port))
                  .toList());

  private static HttpConnections connections(HttpClients clients) {
    HttpSettings settings = MapSettings.url("{{headers.url}}").bind(HttpSettings.class);
    return new HttpConnections(
        clients,
        settings,
        4,
        new CallsUnderWay("space", Duration.ofSeconds(30), true),
        new HttpTls(settings, new DefaultSslBundleRegistry()::getBundle),
        new AllowedHosts(List.of("127.0.0.1")));
  }

  @Test
  void eachConnectionGoesToAnAddressThatWasJudged() throws Exception {
    try (ScriptedServer server =
            new ScriptedServer(ScriptedServer.status(200, "", "Connection", "close"));
        HttpConnections connections = connections(new HttpClients());
        HttpClient client = new HttpClient()) {
      client.setSocketAddressResolver(
          new JudgedAddresses(
              (_, _, _, found) -> found.failed(new AssertionError("of the settings")), changing));
      client.start();
      addresses.add(List.of("127.0.0.1"));
      addresses.add(List.of("127.0.0.1", "127.0.0.2"));
      addresses.add(List.of("169.254.169.254"));

      assertThat(get(client, server, connections).getStatus()).isEqualTo(200);

      for (String address : List.of("127.0.0.2", "169.254.169.254")) {
        assertThatThrownBy(() -> get(client, server, connections))
            .isInstanceOf(ExecutionException.class)
            .cause()
            .isInstanceOf(ForbiddenHostException.class)
            .hasMessageStartingWith("host changing.example is at " + address + ", ");
      }
      assertThat(server.seen).hasSize(1);
      assertThat(addresses).isEmpty();
    }
  }

  private static ContentResponse get(
      HttpClient client, ScriptedServer server, HttpConnections connections) throws Exception {
    return client
        .newRequest("http://changing.example:" + server.port() + "/")
        .headers(headers -> headers.put(HttpHeader.CONNECTION, "close"))
        .tag(connections)
        .send();
  }
}
