package dev.stretto.transport.http;

import dev.stretto.transport.ArrivalOrder;
import dev.stretto.transport.Look;
import dev.stretto.transport.Look.Finding;
import dev.stretto.transport.Look.Grade;
import dev.stretto.transport.Probe;
import java.io.IOException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.client.Connection;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.client.transport.internal.HttpConnectionOverHTTP;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.io.EndPoint.SslSessionData;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.eclipse.jetty.io.ssl.SslHandshakeListener;
import org.eclipse.jetty.util.BufferUtil;
import org.jspecify.annotations.Nullable;

/**
 * A look at an HTTP destination: a connection as calls would have it, through the same client and
 * proxy and with the same certificates, on which no request is sent.
 */
final class HttpProbe implements Probe {

  /** For a handshake, however short the connect timeout is. */
  private static final Duration LEAST = Duration.ofSeconds(5);

  /** A certificate that is valid for less is warned of. */
  private static final Duration SOON = Duration.ofDays(30);

  private final HttpClients clients;
  private final HttpSettings settings;
  private final HttpTls tls;
  private final Clock clock;
  private final @Nullable HttpAddress target;

  HttpProbe(HttpClients clients, HttpSettings settings, HttpTls tls, Clock clock) {
    this.clients = clients;
    this.settings = settings;
    this.tls = tls;
    this.clock = clock;
    this.target = settings.fromMessages() ? null : settings.target();
  }

  /** What makes one connection like another. */
  private record Key(
      String origin, HttpSettings.Client client, HttpSettings.Version version, int connections) {}

  @Override
  public String where() {
    return target == null ? "hosts that messages name" : target.origin();
  }

  @Override
  public Object key() {
    return new Key(where(), settings.client(), settings.protocol(), settings.http2Connections());
  }

  @Override
  public Look look() {
    if (target == null) {
      return new Look(
          List.of(
              new Finding(Grade.FINE, "not tried: each message's host is judged as it is called")),
          ArrivalOrder.NOT_KEPT,
          "there is no order between hosts",
          null);
    }
    CallsUnderWay calls = new CallsUnderWay("check", settings.timeout(), false);
    try (HttpConnections connections =
        new HttpConnections(clients, settings, 1, calls, tls, null)) {
      return look(connections, target);
    } finally {
      calls.close();
    }
  }

  private Look look(HttpConnections connections, HttpAddress address) {
    HttpFaults faults = new HttpFaults(settings, address, HttpFaults.Elsewhere.NONE);
    Duration patience =
        settings.connectTimeout().compareTo(LEAST) > 0 ? settings.connectTimeout() : LEAST;
    try {
      HttpClient client = connections.client();
      CompletableFuture<Connection> made =
          client.resolveDestination(request(client, connections, address)).newConnection();
      try (Connection connection = made.get(patience.toMillis(), TimeUnit.MILLISECONDS)) {
        shakeHands(connection, patience);
        return seen(connection);
      }
    } catch (ExecutionException e) {
      return unseen(faults, e.getCause() == null ? e : e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return unseen(faults, new TimeoutException());
    } catch (Exception e) {
      return unseen(faults, e);
    }
  }

  /** Where nothing is negotiated, TLS would begin with the first request only. */
  private void shakeHands(Connection connection, Duration patience)
      throws IOException, InterruptedException, ExecutionException, TimeoutException {
    if (settings.protocol() == HttpSettings.Version.HTTP_1_1
        && connection instanceof HttpConnectionOverHTTP http
        && http.getEndPoint() instanceof SslConnection.SslEndPoint secure) {
      CompletableFuture<@Nullable Void> shaken = new CompletableFuture<>();
      secure
          .getSslConnection()
          .addHandshakeListener(
              new SslHandshakeListener() {
                @Override
                public void handshakeSucceeded(Event event) {
                  shaken.complete(null);
                }

                @Override
                public void handshakeFailed(Event event, Throwable failure) {
                  shaken.completeExceptionally(failure);
                }
              });
      secure.flush(BufferUtil.EMPTY_BUFFER);
      shaken.get(patience.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  /** Never sent: it says which connection is meant. */
  private Request request(HttpClient client, HttpConnections connections, HttpAddress address) {
    Request request =
        client.newRequest(address.withKnownHost()).host(address.host()).tag(connections);
    return switch (settings.protocol()) {
      case AUTO -> address.secure() ? request : request.version(HttpVersion.HTTP_1_1);
      case HTTP_1_1 -> request.version(HttpVersion.HTTP_1_1);
      case HTTP_2 -> request.version(HttpVersion.HTTP_2);
    };
  }

  private static Look unseen(HttpFaults faults, Throwable failure) {
    return new Look(
        List.of(withRemedy(Look.finding(faults.notSent(failure)), failure)),
        ArrivalOrder.UNKNOWN,
        "the destination was not reached",
        null);
  }

  private static Finding withRemedy(Finding finding, Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof CertPathBuilderException) {
        return new Finding(
            finding.grade(),
            finding.text()
                + "; if the certificate is right, trust who made it by http.trust-store");
      }
    }
    return finding;
  }

  private Look seen(Connection connection) {
    List<Finding> findings = new ArrayList<>();
    SslSessionData session = connection.getSslSessionData();
    if (session != null) {
      addTls(findings, session);
    }
    if (!(connection instanceof HttpLink link)) {
      findings.add(new Finding(Grade.FINE, "HTTP/1.1"));
      return new Look(
          findings,
          ArrivalOrder.NOT_KEPT,
          "with HTTP/1.1 each call under way has a connection of its own",
          null);
    }
    int streams = link.getMaxMultiplex();
    boolean bounded = streams >= 0 && streams < Integer.MAX_VALUE;
    findings.add(
        new Finding(
            streams == 0 ? Grade.UNAVAILABLE : Grade.FINE,
            "HTTP/2, " + (bounded ? streams + " streams at once" : "any number of streams")));
    boolean one = settings.http2Connections() == 1;
    return new Look(
        findings,
        one ? ArrivalOrder.KEPT : ArrivalOrder.NOT_KEPT,
        one
            ? "the requests go over one HTTP/2 connection"
            : "there is no order between several HTTP/2 connections",
        bounded ? streams : null);
  }

  private void addTls(List<Finding> findings, SslSessionData session) {
    if (session.sslSession() != null) {
      findings.add(
          new Finding(
              Grade.FINE, session.sslSession().getProtocol() + ", " + session.cipherSuite()));
    }
    X509Certificate[] chain = session.peerCertificates();
    if (chain == null || chain.length == 0) {
      return;
    }
    X509Certificate certificate = chain[0];
    Instant end = certificate.getNotAfter().toInstant();
    boolean soon = end.isBefore(clock.instant().plus(SOON));
    findings.add(
        new Finding(
            soon ? Grade.WARNING : Grade.FINE,
            "certificate of "
                + certificate.getSubjectX500Principal().getName()
                + ", by "
                + certificate.getIssuerX500Principal().getName()
                + ", valid until "
                + end
                + (soon ? ": that is soon, have it renewed" : "")));
  }
}
