package dev.stretto.transport.http;

import static dev.stretto.transport.Outcome.Fault.UNAVAILABLE;
import static dev.stretto.transport.Outcome.Fault.UNKNOWN;
import static org.assertj.core.api.Assertions.assertThat;

import dev.stretto.transport.Call;
import dev.stretto.transport.Driver;
import dev.stretto.transport.MapSettings;
import dev.stretto.transport.Outcome;
import dev.stretto.transport.Outcome.Delivered;
import dev.stretto.transport.Outcome.RetryLater;
import dev.stretto.transport.Transport;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import java.util.zip.GZIPOutputStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;

/**
 * Servers that answer without end, or in a way that asks for memory or time without bound: each
 * call is over by its timeout, with an outcome, and the client has read no more than it must.
 */
@Tag("slow")
class HostileServerTest {

  /**
   * More than sockets hold, and than a client throws away between its refusal of an answer and its
   * connection's end, which takes a moment on a busy machine.
   */
  private static final long MUCH = 1_000_000_000;

  /** The same for a head, which is copied as it grows. */
  private static final long MUCH_HEAD = 8_000_000;

  private final HttpTransportType type =
      new HttpTransportType(Clock.systemUTC(), new DefaultSslBundleRegistry()::getBundle);

  /** An answer over HTTP/1.1 that goes on for ever. */
  enum Endless {
    STATUS_LINE("HTTP/1.1 200 ", "OK", true),
    HEADERS("HTTP/1.1 200 OK\r\n", "X-More: and more\r\n", true),
    ONE_HEADER("HTTP/1.1 200 OK\r\nX-Long: ", "xxxxxxxxxxxxxxxx", true),
    INTERIM_ANSWERS("", "HTTP/1.1 103 Early Hints\r\n\r\n", false),
    CHUNK_EXTENSION("HTTP/1.1 500 No\r\nTransfer-Encoding: chunked\r\n\r\n1;", "x=y;", false),
    TRAILERS(
        "HTTP/1.1 500 No\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", "X-More: and more\r\n", true),
    BODY("HTTP/1.1 500 No\r\n\r\n", "no, no, ", false),
    EMPTY_LINES("", "\r\n", false);

    private final String begin;
    private final String more;

    /** Whether it would have to be kept to the end. */
    private final boolean kept;

    Endless(String begin, String more, boolean kept) {
      this.begin = begin;
      this.more = more;
      this.kept = kept;
    }
  }

  @ParameterizedTest
  @EnumSource(Endless.class)
  void anAnswerWithoutEndIsOverByTheTimeoutAndNoneOfItIsKeptWithoutBound(Endless answer)
      throws Exception {
    AtomicLong written = new AtomicLong();
    CountDownLatch gone = new CountDownLatch(1);
    byte[] more = answer.more.repeat(1000).getBytes(StandardCharsets.US_ASCII);
    try (ServerSocket server =
        serving(out -> {
          try {
            out.write(answer.begin.getBytes(StandardCharsets.US_ASCII));
            while (written.get() < MUCH) {
              out.write(more);
              written.addAndGet(more.length);
            }
          } finally {
            gone.countDown();
          }
        })) {
      try (Transport transport = open(server, answer.kept ? "20s" : "2s")) {
        assertThat(Driver.outcomeOf(transport, Driver.call(1))).isInstanceOf(RetryLater.class);
      }
      gone.await();
      if (answer.kept) {
        assertThat(written).hasValueLessThan(MUCH);
      }
    }
  }

  @Test
  void aByteOfTheHeadNowAndThenKeepsNoCallBeyondItsTimeout() throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    try (ServerSocket server =
            serving(out -> {
              for (byte next : "HTTP/1.1 200 OK\r\nX: ".getBytes(StandardCharsets.US_ASCII)) {
                out.write(next);
              }
              drip(out, over);
            });
        Transport transport = open(server, "2s")) {
      assertThat(Driver.outcomeOf(transport, Driver.call(1)))
          .isEqualTo(new RetryLater(UNKNOWN, "no answer within 2 s", null));
      over.countDown();
    }
  }

  /** It is known by then what became of the message. */
  @Test
  void aByteOfTheBodyNowAndThenKeepsNoCallBeyondItsTimeout() throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    try (ServerSocket server =
            serving(out -> {
              out.write("HTTP/1.1 200 OK\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
              drip(out, over);
            });
        Transport transport = open(server, "2s")) {
      assertThat(Driver.outcomeOf(transport, Driver.call(1))).isEqualTo(new Delivered());
      over.countDown();
    }
  }

  private static void drip(OutputStream out, CountDownLatch over) throws IOException {
    try {
      while (!over.await(50, TimeUnit.MILLISECONDS)) {
        out.write('x');
      }
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  /** A hundred megabytes in one tenth of one, and that within another. */
  @Test
  void aBodyThatGrowsWithoutBoundAsItIsDecodedIsShownInPart() throws Exception {
    byte[] bomb = compressed(compressed(new byte[100_000_000]));
    String head =
        "HTTP/1.1 500 No\r\nContent-Encoding: gzip, gzip\r\nContent-Length: %d\r\n\r\n"
            .formatted(bomb.length);
    try (ServerSocket server =
            serving(out -> {
              out.write(head.getBytes(StandardCharsets.US_ASCII));
              out.write(bomb);
            });
        Transport transport = open(server, "20s")) {
      Outcome outcome = Driver.outcomeOf(transport, Driver.call(1));

      assertThat(outcome)
          .isInstanceOfSatisfying(
              RetryLater.class,
              later -> assertThat(later.reason()).startsWith("HTTP 500").hasSizeLessThan(3000));
    }
  }

  private static byte[] compressed(byte[] body) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(bytes)) {
      out.write(body);
    }
    return bytes.toByteArray();
  }

  /** Over HTTP/2. */
  @Test
  void interimAnswersWithoutEndAreOverByTheTimeout() throws Exception {
    Http2Script.Script script =
        (link, number) -> {
          int stream = link.take().stream();
          while (true) {
            link.headers(stream, 103, false).send();
          }
        };
    try (Http2Script server = new Http2Script(script);
        Transport transport = open(server, "2s")) {
      assertThat(Driver.outcomeOf(transport, Driver.call(1)))
          .isInstanceOfSatisfying(
              RetryLater.class, later -> assertThat(later.fault()).isEqualTo(UNKNOWN));
    }
  }

  /** A head that is never complete, which a client may not collect for ever. */
  @Test
  void aHeadInPiecesWithoutEndIsReadInPart() throws Exception {
    AtomicLong written = new AtomicLong();
    CountDownLatch gone = new CountDownLatch(1);
    Http2Script.Script script =
        (link, number) -> {
          try {
            int stream = link.take().stream();
            for (link.headPiece(stream, true); written.get() < MUCH_HEAD; ) {
              link.headPiece(stream, false).send();
              written.addAndGet(Http2Script.Link.PIECE);
            }
          } finally {
            gone.countDown();
          }
        };
    try (Http2Script server = new Http2Script(script);
        Transport transport = open(server, "20s")) {
      assertThat(Driver.outcomeOf(transport, Driver.call(1)))
          .isInstanceOfSatisfying(
              RetryLater.class, later -> assertThat(later.fault()).isEqualTo(UNKNOWN));
      gone.await();
      assertThat(written).hasValueLessThan(MUCH_HEAD);
    }
  }

  /** With none, it is the destination that takes nothing now. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void fewerStreamsAndMoreAgainLoseNothing(int streams) throws Exception {
    int each = 5;
    CountDownLatch lowered = new CountDownLatch(1);
    CountDownLatch raise = new CountDownLatch(1);
    Http2Script.Script script =
        (link, number) -> {
          for (int n = 0; n < each; n++) {
            link.headers(link.take().stream(), 200, true);
          }
          link.allow(streams).send();
          link.awaitAllowed();
          lowered.countDown();
          await(raise);
          link.allow(each).send();
          while (true) {
            link.headers(link.take().stream(), 200, true).send();
          }
        };
    try (Http2Script server = new Http2Script(script);
        Transport transport = open(server, "30s")) {
      Driver driver = new Driver(transport);
      List<CompletableFuture<Outcome>> first =
          LongStream.rangeClosed(1, each).mapToObj(n -> driver.start(Driver.call(n))).toList();
      await(lowered);
      first.forEach(call -> assertThat(Driver.get(call)).isEqualTo(new Delivered()));

      Outcome meanwhile =
          streams == 0 ? Driver.get(driver.start(Driver.call(each + 1))) : new Delivered();
      raise.countDown();

      if (streams == 0) {
        assertThat(meanwhile)
            .isInstanceOfSatisfying(
                RetryLater.class, later -> assertThat(later.fault()).isEqualTo(UNAVAILABLE));
      }
      Call next = Driver.call(each + 1);
      Awaitility.await().until(() -> Driver.get(driver.start(next)).equals(new Delivered()));
      List<Call> rest = LongStream.rangeClosed(each + 2, 3L * each).mapToObj(Driver::call).toList();
      assertThat(driver.run(rest)).containsOnly(new Delivered());
      assertThat(server.accepted).hasSize(3 * each).doesNotHaveDuplicates();
      assertThat(driver.misuses()).isZero();
    }
  }

  private static void await(CountDownLatch latch) throws IOException {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  /** What a server answers to each request. */
  private interface Answer {
    void to(OutputStream out) throws IOException;
  }

  private static ServerSocket serving(Answer answer) throws IOException {
    ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofPlatform()
        .daemon()
        .start(() -> {
          try {
            while (true) {
              Socket socket = server.accept();
              Thread.ofVirtual().start(() -> answer(socket, answer));
            }
          } catch (IOException _) {
            // Closed.
          }
        });
    return server;
  }

  private static void answer(Socket socket, Answer answer) {
    try (socket) {
      InputStream in = socket.getInputStream();
      // the begin of the request is enough
      if (in.read() >= 0) {
        answer.to(socket.getOutputStream());
      }
    } catch (IOException _) {
      // The client is gone.
    }
  }

  private Transport open(ServerSocket server, String timeout) {
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

  private Transport open(Http2Script server, String timeout) {
    return type.open("space", MapSettings.url(server.url(), "version", "2", "timeout", timeout), 8);
  }
}
