package dev.stretto.transport.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.stretto.transport.Call;
import dev.stretto.transport.Driver;
import dev.stretto.transport.MapSettings;
import dev.stretto.transport.Outcome;
import dev.stretto.transport.Transport;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;

/** The system's nginx, which ends a connection after so many requests, as it is installed. */
@Tag("nginx")
class NginxTest {

  private static final int MESSAGES = 20_000;
  private static final int WINDOW = 64;

  private final HttpTransportType type =
      new HttpTransportType(Clock.systemUTC(), new DefaultSslBundleRegistry()::getBundle);

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "'', ''",
    "keepalive_requests 100;, ''",
    "keepalive_time 50ms;, ''",
    "keepalive_requests 100;, proxied",
  })
  void everyMessageArrivesOnceAndInOrderHoweverOftenItsConnectionIsEnded(
      String limit, String proxied) throws Exception {
    try (ScriptedServer upstream = new ScriptedServer(ScriptedServer.status(204, ""))) {
      int port = freePort();
      Path log = folder.resolve("arrived");
      String location =
          proxied.isEmpty()
              ? "return 204;"
              : "proxy_pass " + upstream.url("http", "") + "; proxy_http_version 1.1;";
      Process nginx = nginx(configuration(port, limit, location, log));
      try (Transport transport =
          type.open(
              "space",
              MapSettings.url("http://127.0.0.1:" + port + "/hook", "version", "2"),
              WINDOW)) {
        List<Call> calls = LongStream.rangeClosed(1, MESSAGES).mapToObj(Driver::call).toList();
        Driver driver = new Driver(transport);
        assertThat(driver.runUntilTaken(calls).values())
            .hasSize(MESSAGES)
            .containsOnly(new Outcome.Delivered());
        assertThat(driver.misuses()).isZero();
        if (proxied.isEmpty()) {
          // nginx logs a request once it is answered, which it does at once, in order of arrival.
          await().until(() -> Files.readAllLines(log).size() >= MESSAGES);
          assertThat(Files.readAllLines(log)).isEqualTo(positions());
        } else {
          assertThat(upstream.seen.stream().map(seen -> seen.header("Stretto-Position")).sorted())
              .isEqualTo(positions().stream().sorted().toList());
        }
      } finally {
        nginx.destroy();
        nginx.waitFor(10, TimeUnit.SECONDS);
      }
    }
  }

  private static List<String> positions() {
    return LongStream.rangeClosed(1, MESSAGES).mapToObj(Long::toString).toList();
  }

  private String configuration(int port, String limit, String location, Path log) {
    return """
    daemon off;
    pid %1$s/pid;
    error_log %1$s/errors warn;
    events { worker_connections 1024; }
    http {
      log_format position '$http_stretto_position';
      access_log %2$s position;
      client_body_temp_path %1$s/body;
      proxy_temp_path %1$s/proxy;
      fastcgi_temp_path %1$s/fastcgi;
      uwsgi_temp_path %1$s/uwsgi;
      scgi_temp_path %1$s/scgi;
      %3$s
      server {
        listen 127.0.0.1:%4$d http2;
        location / { %5$s }
      }
    }
    """
        .formatted(folder, log, limit, port, location);
  }

  private Process nginx(String configuration) throws IOException {
    Path file = Files.writeString(folder.resolve("nginx.conf"), configuration);
    int port = Integer.parseInt(configuration.replaceAll("(?s).*127.0.0.1:(\\d+) http2.*", "$1"));
    Process nginx =
        new ProcessBuilder("nginx", "-p", folder.toString(), "-c", file.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("output").toFile())
            .start();
    await()
        .failFast(() -> !nginx.isAlive())
        .ignoreExceptions()
        .until(() -> {
          new Socket(InetAddress.getLoopbackAddress(), port).close();
          return true;
        });
    return nginx;
  }

  private static int freePort() throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return free.getLocalPort();
    }
  }
}
