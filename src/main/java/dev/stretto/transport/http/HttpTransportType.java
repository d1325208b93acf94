package dev.stretto.transport.http;

import dev.stretto.transport.ArrivalOrder;
import dev.stretto.transport.InvalidSettingException;
import dev.stretto.transport.Probe;
import dev.stretto.transport.Transport;
import dev.stretto.transport.TransportSettings;
import dev.stretto.transport.TransportType;
import dev.stretto.transport.http.answer.HttpAnswers;
import dev.stretto.transport.http.hosts.AllowedHosts;
import dev.stretto.transport.http.hosts.HostPauses;
import java.time.Clock;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import org.springframework.boot.ssl.SslBundle;

/** Sends messages as HTTP requests. */
public final class HttpTransportType implements TransportType {

  private final Clock clock;
  private final Function<String, SslBundle> bundles;
  private final HttpClients clients = new HttpClients();

  /**
   * @param clock what a {@code Retry-After} date is compared with
   * @param bundles finds a TLS bundle by its name, or throws {@link
   *     org.springframework.boot.ssl.NoSuchSslBundleException}
   */
  public HttpTransportType(Clock clock, Function<String, SslBundle> bundles) {
    this.clock = clock;
    this.bundles = bundles;
  }

  @Override
  public String name() {
    return "http";
  }

  @Override
  public ArrivalOrder arrivalOrder(TransportSettings settings) {
    try {
      HttpSettings http = settings.bind(HttpSettings.class);
      if (http.fromMessages()) {
        return ArrivalOrder.NOT_KEPT;
      }
      return switch (http.protocol()) {
        case HTTP_2 -> http.http2Connections() == 1 ? ArrivalOrder.KEPT : ArrivalOrder.NOT_KEPT;
        case HTTP_1_1 -> ArrivalOrder.NOT_KEPT;
        case AUTO -> http.secure() ? ArrivalOrder.UNKNOWN : ArrivalOrder.NOT_KEPT;
      };
    } catch (InvalidSettingException e) {
      return ArrivalOrder.UNKNOWN;
    }
  }

  @Override
  public Transport open(String channel, TransportSettings settings, int window) {
    HttpSettings http = settings.bind(HttpSettings.class);
    http.check();
    if (http.proxyAddress() != null
        && http.protocol() == HttpSettings.Version.HTTP_2
        && !http.secure()) {
      throw new InvalidSettingException(
          "http.proxy", "can't carry cleartext HTTP/2; use an https: url or version 1.1");
    }
    HttpTls tls = new HttpTls(http, bundles);
    AllowedHosts allowed = http.allowed();
    HttpRequests requests = new HttpRequests(channel, http, allowed, clock);
    if (allowed != null) {
      return hosts(channel, http, requests, tls, allowed, window);
    }
    HttpAddress target = http.target();
    TokenEndpoint tokens =
        http.oauth2() == null ? null : new TokenEndpoint(http, http.oauth2(), clock);
    List<String> words = http.sentWords(target);
    List<Collection<String>> sent =
        tokens == null ? List.of(words) : List.of(words, tokens.values());
    HttpAnswers answers = new HttpAnswers(http.answer(), sent, !target.secure(), clock);
    int connections = http.http2Connections();
    Function<HttpFaults.Elsewhere, HttpTransport> opener =
        elsewhere -> {
          CallsUnderWay calls = new CallsUnderWay(channel, http.timeout(), connections > 1);
          return new HttpTransport(
              new HttpConnections(clients, http, window, calls, tls, null),
              requests,
              answers,
              new HttpFaults(http, target, elsewhere),
              calls,
              tokens);
        };
    return connections > 1
        ? new SpreadTransport(connections, window, opener, System::nanoTime)
        : opener.apply(HttpFaults.Elsewhere.NONE);
  }

  @Override
  public Probe probe(String channel, TransportSettings settings) {
    HttpSettings http = settings.bind(HttpSettings.class);
    http.check();
    return new HttpProbe(clients, http, new HttpTls(http, bundles), clock);
  }

  private Transport hosts(
      String channel,
      HttpSettings http,
      HttpRequests requests,
      HttpTls tls,
      AllowedHosts allowed,
      int window) {
    List<Collection<String>> sent = List.of(http.sentWords(null));
    HttpAnswers secure = new HttpAnswers(http.answer(), sent, false, clock);
    HttpAnswers plain = new HttpAnswers(http.answer(), sent, true, clock);
    return new HostsTransport(
        window,
        requests,
        new HostPauses(System::nanoTime),
        (address, elsewhere) -> {
          CallsUnderWay calls = new CallsUnderWay(channel, http.timeout(), true);
          return new HttpTransport(
              new HttpConnections(clients, http, window, calls, tls, allowed),
              requests,
              address.secure() ? secure : plain,
              new HttpFaults(http, address, elsewhere),
              calls,
              null);
        });
  }

  /** Between HTTP/2 connections, and between hosts, there is no order but that of a key. */
  @Override
  public void check(TransportSettings settings, boolean byKey) {
    HttpSettings http = settings.bind(HttpSettings.class);
    if (!byKey && http.fromMessages()) {
      throw new InvalidSettingException(
          "http.url",
          "is a template, which needs ordering key: between hosts there is no other order, and a"
              + " host that is down must not keep the others waiting");
    }
    if (!byKey && http.http2Connections() > 1) {
      throw new InvalidSettingException(
          "http.connections",
          "more than 1 with http.version 2 needs ordering key, or messages would overtake each"
              + " other");
    }
  }
}
