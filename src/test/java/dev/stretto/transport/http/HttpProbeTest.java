package dev.stretto.transport.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stretto.receiver.Certificates;
import dev.stretto.transport.ArrivalOrder;
import dev.stretto.transport.Look;
import dev.stretto.transport.Look.Finding;
import dev.stretto.transport.Look.Grade;
import dev.stretto.transport.MapSettings;
import dev.stretto.transport.Probe;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Objects;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Looks at real servers, on which no request may arrive. */
class HttpProbeTest {

  private static final ScriptedServer.Answer NEVER = ScriptedServer.status(500, "asked");

  private final HttpTransportType type =
      new HttpTransportType(
          Clock.systemUTC(),
          name -> {
            throw new IllegalStateException(name);
          });

  @TempDir private static Path folder;
  private static Certificates certificates;

  @BeforeAll
  static void makeCertificates() throws Exception {
    certificates = Certificates.in(folder);
  }

  private Probe probe(MapSettings settings) {
    return Objects.requireNonNull(type.probe("space", settings));
  }

  @Test
  void seesHttp2WithItsStreamsAndSendsNoRequest() throws Exception {
    try (ScriptedServer server = ScriptedServer.ofStreams(7, NEVER)) {
      Look look = probe(MapSettings.url(server.url("http", "/"), "version", "2")).look();

      assertThat(look.streams()).isEqualTo(7);
      assertThat(look.order()).isEqualTo(ArrivalOrder.KEPT);
      assertThat(look.findings())
          .containsExactly(new Finding(Grade.FINE, "HTTP/2, 7 streams at once"));
      assertThat(server.begun).hasValue(0);
      assertThat(server.arrived).isEmpty();
    }
  }

  @Test
  void seesOverTlsWhatIsNegotiatedAndWarnsOfACertificateThatRunsOut() throws Exception {
    try (ScriptedServer server = new ScriptedServer(NEVER, certificates, "h2", "http/1.1")) {
      Look look =
          probe(
                  MapSettings.url(
                      server.url("https", "/"), "trust-store", certificates.pem().toString()))
              .look();

      assertThat(look.order()).isEqualTo(ArrivalOrder.KEPT);
      assertThat(look.findings())
          .anySatisfy(finding -> assertThat(finding.text()).startsWith("TLSv1.3, "))
          .anySatisfy(finding -> {
            assertThat(finding.grade()).isEqualTo(Grade.WARNING);
            assertThat(finding.text())
                .startsWith("certificate of CN=test, by CN=test, valid until ")
                .endsWith(": that is soon, have it renewed");
          });
      assertThat(server.begun).hasValue(0);
    }
  }

  @Test
  void saysWhereArrivalsHaveNoOrder() throws Exception {
    try (ScriptedServer server = new ScriptedServer(NEVER, certificates, "http/1.1")) {
      Look look =
          probe(
                  MapSettings.url(
                      server.url("https", "/"), "trust-store", certificates.pem().toString()))
              .look();

      assertThat(look.order()).isEqualTo(ArrivalOrder.NOT_KEPT);
      assertThat(look.findings()).contains(new Finding(Grade.FINE, "HTTP/1.1"));
    }
  }

  @Test
  void aCertificateThatNobodyTrustsIsAFinding() throws Exception {
    try (ScriptedServer server = new ScriptedServer(NEVER, certificates, "h2", "http/1.1")) {
      for (String version : new String[] {"auto", "1.1", "2"}) {
        Look look = probe(MapSettings.url(server.url("https", "/"), "version", version)).look();

        assertThat(look.findings())
            .as(version)
            .singleElement()
            .satisfies(finding -> {
              assertThat(finding.grade()).isEqualTo(Grade.UNAVAILABLE);
              assertThat(finding.text()).startsWith("TLS failed with ").contains("trust-store");
            });
      }
    }
  }

  @Test
  void looksAtACertificateAlsoWhereHttp11IsAskedFor() throws Exception {
    try (ScriptedServer server = new ScriptedServer(NEVER, certificates, "http/1.1")) {
      Look look =
          probe(
                  MapSettings.url(
                      server.url("https", "/"),
                      "version",
                      "1.1",
                      "trust-store",
                      certificates.pem().toString()))
              .look();

      assertThat(look.findings())
          .extracting(Finding::grade)
          .containsExactly(Grade.FINE, Grade.WARNING, Grade.FINE);
      assertThat(server.begun).hasValue(0);
    }
  }

  @Test
  void whereNobodyListensItSaysSo() throws IOException {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }

    Look look = probe(MapSettings.url("http://127.0.0.1:" + port + "/")).look();

    assertThat(look.findings())
        .containsExactly(new Finding(Grade.UNAVAILABLE, "connection refused: 127.0.0.1:" + port));
    assertThat(look.order()).isEqualTo(ArrivalOrder.UNKNOWN);
  }

  @Test
  void hostsOfMessagesAreNotTried() {
    Look look = probe(MapSettings.url("{{payload/to}}", "allow", "*.example.org")).look();

    assertThat(look.findings())
        .singleElement()
        .satisfies(finding -> assertThat(finding.text()).startsWith("not tried: "));
    assertThat(look.order()).isEqualTo(ArrivalOrder.NOT_KEPT);
  }

  @Test
  void theSameDestinationIsLookedAtOnceWhateverItsPath() {
    assertThat(probe(MapSettings.url("https://example.org/a")).key())
        .isEqualTo(probe(MapSettings.url("https://example.org/b")).key())
        .isNotEqualTo(probe(MapSettings.url("https://example.org/a", "version", "1.1")).key())
        .isNotEqualTo(probe(MapSettings.url("https://example.com/a")).key());
  }
}
