package dev.stretto.transport.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.stretto.transport.Driver;
import dev.stretto.transport.MapSettings;
import dev.stretto.transport.Outcome;
import dev.stretto.transport.Transport;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;

/** HTTP/1.1 servers that close their connections, and answers that are not the last. */
class HttpOneEndsTest {

  private static final int CALLS = 300;

  private final HttpTransportType type =
      new HttpTransportType(Clock.systemUTC(), new DefaultSslBundleRegistry()::getBundle);
  private final AtomicInteger taken = new AtomicInteger();
  private final AtomicInteger closed = new AtomicInteger();

  private ServerSocket server;
  private volatile String answer = "";

  @BeforeEach
  void listen() throws IOException {
    server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofPlatform().daemon().start(this::accept);
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
  }

  /** Connections side by side, as a client may make one that it does not need. */
  private void accept() {
    try {
      while (true) {
        Socket socket = server.accept();
        Thread.ofVirtual().start(() -> answer(socket));
      }
    } catch (IOException _) {
      // Closed.
    }
  }

  /** One request a connection: answers, and closes. */
  private void answer(Socket socket) {
    try (socket) {
      if (readRequest(socket.getInputStream())) {
        taken.incrementAndGet();
        socket.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
        socket.close();
        closed.incrementAndGet();
      }
    } catch (IOException _) {
      // The client is gone.
    }
  }

  /** Returns false where the connection ends without one. */
  private static boolean readRequest(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    for (int c = in.read(); c >= 0 && head.indexOf("\r\n\r\n") < 0; c = in.read()) {
      head.append((char) c);
    }
    if (head.isEmpty()) {
      return false;
    }
    int length = head.indexOf("Content-Length: ") + "Content-Length: ".length();
    in.readNBytes(Integer.parseInt(head.substring(length, head.indexOf("\r", length))) - 1);
    return true;
  }

  /** Those that say so, and those that don't, once that could be seen. */
  @ParameterizedTest
  @ValueSource(strings = {"Connection: close\r\n", ""})
  void nothingIsSentTwiceWhereConnectionsAreClosedAfterEachAnswer(String header) {
    answer = "HTTP/1.1 200 OK\r\n" + header + "Content-Length: 0\r\n\r\n";
    try (Transport transport = open("30s")) {
      Driver driver = new Driver(transport);
      for (int call = 1; call <= CALLS; call++) {
        int number = call;
        assertThat(driver.run(List.of(Driver.call(call)))).containsOnly(new Outcome.Delivered());
        await().pollInterval(Duration.ofNanos(1000)).until(() -> closed.get() >= number);
      }
      assertThat(taken).hasValue(CALLS);
      assertThat(driver.misuses()).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {100, 102, 103, 104, 199})
  void anInterimAnswerIsPassedOver(int status) {
    answer = ("HTTP/1.1 " + status + " Wait\r\n\r\n").repeat(2) + "HTTP/1.1 204 Done\r\n\r\n";
    try (Transport transport = open("30s")) {
      assertThat(Driver.outcomeOf(transport, Driver.call(1))).isEqualTo(new Outcome.Delivered());
    }
  }

  @Test
  void aChangeOfProtocolThatNobodyAskedForIsAFaultWithAName() {
    answer = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n";
    try (Transport transport = open("30s")) {
      assertThat(Driver.outcomeOf(transport, Driver.call(1)))
          .isEqualTo(
              new Outcome.RetryLater(
                  Outcome.Fault.FAILED,
                  "HTTP 101 is no answer that HTTP has for this request",
                  null));
    }
  }

  private Transport open(String timeout) {
    return type.open(
        "space",
        MapSettings.url(
            "http://127.0.0.1:" + server.getLocalPort() + "/",
            "version",
            "1.1",
            "timeout",
            timeout),
        4);
  }
}
