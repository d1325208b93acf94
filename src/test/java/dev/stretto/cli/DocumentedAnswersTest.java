package dev.stretto.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.stretto.cli.CommandLineRun.Result;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The document's rules, before a destination that says 200 to everything, as Slack does. */
class DocumentedAnswersTest {

  private static final String DOCUMENTED_ADDRESS = "https://slack.com";

  @TempDir private Path folder;
  private HttpServer server;
  private CommandLineRun stretto;

  private final Queue<String> taken = new ConcurrentLinkedQueue<>();
  private final AtomicInteger refused = new AtomicInteger();
  private volatile int room = Integer.MAX_VALUE;
  private volatile String error = "ratelimited";

  @BeforeEach
  void setUp() throws Exception {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
    stretto = new CommandLineRun(folder);
    example();
    stretto.run(CommandLineRun.lines("1", "2", "3", "4", "5", "6"), "append", "--channel", "space");
  }

  @AfterEach
  void tearDown() {
    server.stop(0);
  }

  @Test
  void whatWasLimitedWaitsAsLongAsWasAskedAndIsDeliveredOnce() {
    room = 2;

    Result limited = stretto.run("dispatch", "--json");
    assertThat(limited.code()).as(limited.err()).isEqualTo(75);
    assertThat(limited.out()).contains("\"delivered\":2,\"parked\":0", "\"remaining\":4");
    assertThat(taken).hasSize(2);
    int calls = refused.get();
    assertThat(calls).isPositive();

    room = Integer.MAX_VALUE;
    Result tooEarly = stretto.run("dispatch", "--json");
    assertThat(tooEarly.code()).as(tooEarly.err()).isEqualTo(75);
    assertThat(taken).hasSize(2);
    assertThat(refused).hasValue(calls);

    stretto.run("open", "space");
    Result rest = stretto.run("dispatch", "--json");
    assertThat(rest.code()).as(rest.err()).isZero();
    assertThat(rest.out())
        .contains("\"delivered\":4,\"parked\":0,\"retried\":0", "\"remaining\":0");
    assertThat(taken).containsExactlyInAnyOrder("1", "2", "3", "4", "5", "6");
  }

  @Test
  void whereTheSenderIsRefusedEverythingStaysInLine() {
    room = 2;
    error = "token_revoked";
    stretto.with("--stretto.channels.space.unavailable.after=3");

    // one at a time, for a refusal that is read before a delivery counts against its message
    Result dispatch = stretto.run("dispatch", "--json", "--window", "1");

    assertThat(dispatch.code()).as(dispatch.err()).isEqualTo(1);
    assertThat(dispatch.out()).contains("\"delivered\":2,\"parked\":0", "\"remaining\":4");
    assertThat(taken).hasSize(2);
  }

  @Test
  void aMessageThatIsRefusedIsParkedWithWhatWasAnswered() {
    room = 0;
    error = "msg_too_long";
    stretto.with("--stretto.channels.space.unavailable.after=off");

    Result dispatch = stretto.run("dispatch", "--json");

    assertThat(dispatch.code()).as(dispatch.err()).isEqualTo(3);
    assertThat(stretto.run("parked", "list").out())
        .contains("HTTP 200: {\"ok\":false,\"error\":\"msg_too_long\"}");
    assertThat(refused).hasValue(6);
  }

  /** Has room for so many; a pause that it asks for is longer than any run waits. */
  private void answer(HttpExchange exchange) throws IOException {
    String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
    byte[] answer;
    synchronized (this) {
      if (room > 0) {
        room--;
        taken.add(body);
        answer = "{\"ok\":true}".getBytes(UTF_8);
      } else {
        refused.incrementAndGet();
        if (error.equals("ratelimited")) {
          exchange.getResponseHeaders().add("Retry-After", "3600");
        }
        answer = ("{\"ok\":false,\"error\":\"" + error + "\"}").getBytes(UTF_8);
      }
    }
    exchange.sendResponseHeaders(200, answer.length);
    exchange.getResponseBody().write(answer);
    exchange.close();
  }

  /** As it stands there, but for the address. */
  private void example() throws IOException {
    String example = DocumentedExample.yaml("\n  answer:\n");
    assertThat(example).contains(DOCUMENTED_ADDRESS);
    String here = "http://127.0.0.1:" + server.getAddress().getPort();
    stretto.withYaml(example.replace(DOCUMENTED_ADDRESS, here));
  }
}
