package dev.stretto.transport.http;

import static dev.stretto.transport.Outcome.Fault.UNAVAILABLE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.stretto.receiver.Certificates;
import dev.stretto.transport.Driver;
import dev.stretto.transport.MapSettings;
import dev.stretto.transport.Outcome;
import dev.stretto.transport.Transport;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;

/** Ports that speak something else than what was configured. */
class NoHttpTest {

  private final HttpTransportType type =
      new HttpTransportType(Clock.systemUTC(), new DefaultSslBundleRegistry()::getBundle);

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "http, 1.1, 'SSH-2.0-OpenSSH_9.2\\r\\n', http.url",
    "http, 1.1, '+PONG\\r\\n\\r\\n', http.url",
    "http, 1.1, '\\25\\3\\3\\0\\2\\2\\62', https:",
    "http, 2, 'SSH-2.0-OpenSSH_9.2\\r\\n', http.version",
    "http, 2, 'HTTP/1.1 400 Bad Request\\r\\nContent-Length: 0\\r\\n\\r\\n', http.version",
    "http, 2, '\\25\\3\\3\\0\\2\\2\\62', https:",
    "https, auto, 'SSH-2.0-OpenSSH_9.2\\r\\n', http:",
    "https, auto, 'HTTP/1.1 400 Bad Request\\r\\nContent-Length: 0\\r\\n\\r\\n', http:",
  })
  void whatIsNotHttpClosesTheGateAndSaysWhichSettingToLookAt(
      String scheme, String version, String said, String setting) throws Exception {
    byte[] garbage = said.translateEscapes().getBytes(StandardCharsets.ISO_8859_1);
    try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      Thread.ofPlatform().daemon().start(() -> answerAll(server, garbage));
      String url = scheme + "://127.0.0.1:" + server.getLocalPort() + "/";
      try (Transport transport =
          type.open("space", MapSettings.url(url, "version", version, "timeout", "20s"), 4)) {
        assertUnavailable(transport, setting);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"1.1", "2"})
  void aTlsPortThatIsTalkedToInPlainIsSaidToBeOne(String version) throws Exception {
    try (ScriptedServer server =
            new ScriptedServer(
                ScriptedServer.status(200, ""), Certificates.in(folder), "h2", "http/1.1");
        Transport transport =
            type.open(
                "space",
                MapSettings.url(server.url("http", "/"), "version", version, "timeout", "20s"),
                4)) {
      assertUnavailable(transport, "https:");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"1.1", "2"})
  void aPlainPortThatIsTalkedToInTlsIsSaidToBeOne(String version) throws Exception {
    try (ScriptedServer server = new ScriptedServer(ScriptedServer.status(200, ""));
        Transport transport =
            type.open(
                "space",
                MapSettings.url(server.url("https", "/"), "version", version, "timeout", "20s"),
                4)) {
      assertUnavailable(transport, "http:");
    }
  }

  private static void assertUnavailable(Transport transport, String setting) {
    Outcome.RetryLater outcome = (Outcome.RetryLater) Driver.outcomeOf(transport, Driver.call(1));
    assertThat(outcome.fault()).as(outcome.reason()).isEqualTo(UNAVAILABLE);
    assertThat(outcome.reason()).contains(setting).doesNotContain("\n").hasSizeLessThan(250);
  }

  private static void answerAll(ServerSocket server, byte[] garbage) {
    try {
      while (true) {
        Socket socket = server.accept();
        Thread.ofPlatform()
            .daemon()
            .start(() -> {
              try (socket) {
                socket.getInputStream().read(new byte[8192]);
                socket.getOutputStream().write(garbage);
                socket.shutdownOutput();
                socket.getInputStream().transferTo(OutputStream.nullOutputStream());
              } catch (IOException _) {
                // The test sees what did not arrive.
              }
            });
      }
    } catch (IOException _) {
      // Closed.
    }
  }
}
