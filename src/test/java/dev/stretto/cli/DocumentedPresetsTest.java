package dev.stretto.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.stretto.cli.CommandLineRun.Result;
import dev.stretto.cli.Vendor.Answer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The document's examples of presets, before a server that answers as each vendor says it does. */
@Tag("slow")
class DocumentedPresetsTest {

  static final String TOKEN = "s3cr3t-token";

  @TempDir private Path folder;
  private HttpServer server;
  private CommandLineRun stretto;

  private final Queue<String> requests = new ConcurrentLinkedQueue<>();
  private final Queue<String> taken = new ConcurrentLinkedQueue<>();
  private final Map<String, String> events = new ConcurrentHashMap<>();
  private volatile Vendor vendor = Vendor.SLACK;
  private volatile Answer otherwise = new Answer(500, "");

  /** How many answers are lost on their way. */
  private volatile int lost;

  /** How many requests are taken; what comes then is answered otherwise. */
  private volatile int room = Integer.MAX_VALUE;

  /** Whether that is so for one request only. */
  private volatile boolean reopens;

  @BeforeEach
  void setUp() throws Exception {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
    String here = "http://127.0.0.1:" + server.getAddress().getPort();
    String yaml =
        DocumentedExample.yaml(" preset: matrix")
            .replaceAll("https://[^/\\s]+", here)
            .replace("${WEBHOOK_SECRET}", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
            .replaceAll("\\$\\{\\w+}", TOKEN);
    stretto =
        new CommandLineRun(folder)
            .withYaml(yaml)
            .with("--stretto.channels.slack.http.url=" + here + "/api/chat.postMessage");
  }

  @AfterEach
  void tearDown() {
    server.stop(0);
  }

  @ParameterizedTest
  @MethodSource("dev.stretto.cli.Vendor#all")
  void theExampleSendsWhatWasAppendedAsTheVendorTakesIt(Vendor one) {
    append(one, 1);

    Result dispatch = dispatch();

    assertThat(dispatch.code()).as(dispatch.err()).isZero();
    assertThat(requests).containsExactly(one.request());
    assertThat(taken).containsExactly("{\"n\":1}");
  }

  @ParameterizedTest
  @MethodSource("dev.stretto.cli.Vendor#all")
  void whatIsLimitedWaitsAsToldAndNothingIsLostOrCountedTwice(Vendor one) {
    append(one, 4);
    room = 2;
    otherwise = one.limited();

    Result limited = dispatch();
    assertThat(limited.code()).as(limited.err()).isEqualTo(75);
    assertThat(limited.out()).contains("\"delivered\":2,\"parked\":0", "\"remaining\":2");
    int calls = requests.size();

    room = Integer.MAX_VALUE;
    Result tooEarly = dispatch();
    assertThat(tooEarly.code()).as(tooEarly.err()).isEqualTo(75);
    assertThat(requests).hasSize(calls);

    stretto.run("open", one.channel());
    Result rest = dispatch();
    assertThat(rest.code()).as(rest.err()).isZero();
    assertThat(rest.out()).contains("\"delivered\":2,\"parked\":0,\"retried\":0");
    assertThat(taken).containsExactlyInAnyOrder("{\"n\":1}", "{\"n\":2}", "{\"n\":3}", "{\"n\":4}");
  }

  @ParameterizedTest
  @MethodSource("dev.stretto.cli.Vendor#all")
  void aRefusedMessageIsParkedWithWhatWasAnswered(Vendor one) {
    append(one, 1);
    room = 0;
    otherwise = one.refused();

    Result dispatch = dispatch();

    assertThat(dispatch.code()).as(dispatch.err()).isEqualTo(3);
    assertThat(stretto.run("parked", "list").out())
        .contains("HTTP " + one.refused().status() + ": " + one.refused().body());
  }

  @ParameterizedTest
  @MethodSource("dev.stretto.cli.Vendor#all")
  void whereTheSenderIsRefusedTheChannelStopsAndEverythingStaysInLine(Vendor one) {
    append(one, 4);
    room = 1;
    otherwise = one.revoked();

    // one at a time, for a refusal that is read before a delivery counts against its message
    Result dispatch = dispatch("--window", "1");

    assertThat(dispatch.code()).as(dispatch.err()).isEqualTo(1);
    assertThat(dispatch.out()).contains("\"delivered\":1,\"parked\":0", "\"remaining\":3");
  }

  @Test
  void aPauseThatSlackAsksForInA200IsWaitedForWithinTheRun() {
    append(Vendor.SLACK, 4);
    room = 2;
    otherwise = new Answer(200, Vendor.SLACK.limited().body(), "Retry-After", "1");
    reopens = true;

    Result dispatch = dispatch();

    assertThat(dispatch.code()).as(dispatch.err()).isZero();
    assertThat(dispatch.out())
        .contains("\"delivered\":4,\"parked\":0,\"retried\":0", "\"remaining\":0");
    assertThat(taken).containsExactlyInAnyOrder("{\"n\":1}", "{\"n\":2}", "{\"n\":3}", "{\"n\":4}");
  }

  @Test
  void aMatrixEventWhoseAnswerWasLostIsSentAgainAndIsOneEvent() {
    append(Vendor.MATRIX, 2);
    lost = 1;

    Result dispatch = dispatch();

    assertThat(dispatch.code()).as(dispatch.err()).isZero();
    assertThat(requests).hasSize(3);
    assertThat(events.values()).containsExactlyInAnyOrder("{\"n\":1}", "{\"n\":2}");
  }

  private void append(Vendor one, int messages) {
    vendor = one;
    List<String> lines = new ArrayList<>();
    for (int i = 1; i <= messages; i++) {
      lines.add(
          "{\"messageId\":\"m%d\",\"key\":\"!room:example.org\",\"payload\":{\"n\":%d}}"
              .formatted(i, i));
    }
    Result append =
        stretto.run(
            CommandLineRun.lines(lines.toArray(String[]::new)),
            "append",
            "--envelope",
            "--channel",
            one.channel());
    assertThat(append.code()).as(append.err()).isZero();
  }

  private Result dispatch(String... options) {
    List<String> all = new ArrayList<>(List.of("dispatch", "--json"));
    all.addAll(List.of("--channel", vendor.channel()));
    all.addAll(List.of(options));
    return stretto.run(all.toArray(String[]::new));
  }

  private void answer(HttpExchange exchange) throws IOException {
    String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
    String path = exchange.getRequestURI().toString();
    Answer answer;
    synchronized (this) {
      requests.add(
          exchange.getRequestMethod()
              + " "
              + path
              + " "
              + exchange.getRequestHeaders().getFirst("Authorization"));
      if (room > 0) {
        room--;
        taken.add(body);
        // As Matrix has it: of one transaction id there is one event.
        events.putIfAbsent(path, body);
        answer = vendor.taken();
      } else {
        answer = otherwise;
        room = reopens ? Integer.MAX_VALUE : 0;
      }
      if (lost > 0) {
        lost--;
        exchange.close();
        return;
      }
    }
    if (!answer.header().isEmpty()) {
      exchange.getResponseHeaders().add(answer.header().getFirst(), answer.header().getLast());
    }
    byte[] bytes = answer.body().getBytes(UTF_8);
    exchange.sendResponseHeaders(answer.status(), bytes.length == 0 ? -1 : bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }
}
