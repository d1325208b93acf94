package dev.stretto.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.stretto.cli.CommandLineRun.Result;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
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

/** The document's example of messages that name their hosts. */
@Tag("slow")
class DocumentedHostsTest {

  private static final String DOCUMENTED_ALLOW =
      "[\":443\", \"*.internal.example.org\", \"10.1.0.0/16\"]";

  @TempDir private Path folder;
  private final List<HttpServer> servers = new ArrayList<>();
  private final Map<String, Queue<Integer>> arrived = new ConcurrentHashMap<>();
  private String example = "";

  @BeforeEach
  void setUp() throws Exception {
    example =
        DocumentedExample.yaml("\n    allow: ")
            .replace("${WEBHOOK_SECRET}", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    assertThat(example).contains(DOCUMENTED_ALLOW);
    for (int i = 0; i < 2; i++) {
      HttpServer server =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      server.createContext("/", this::note);
      server.start();
      servers.add(server);
    }
  }

  @AfterEach
  void tearDown() {
    servers.forEach(server -> server.stop(0));
  }

  private void note(HttpExchange exchange) throws IOException {
    String[] keyAndNumber =
        new String(exchange.getRequestBody().readAllBytes(), UTF_8).replace("\"", "").split(" ");
    assertThat(exchange.getRequestHeaders().getFirst("webhook-signature")).startsWith("v1,");
    arrived
        .computeIfAbsent(keyAndNumber[0], key -> new ConcurrentLinkedQueue<>())
        .add(Integer.valueOf(keyAndNumber[1]));
    exchange.sendResponseHeaders(204, -1);
    exchange.close();
  }

  private String live(int server) {
    return "http://127.0.0.1:" + servers.get(server).getAddress().getPort() + "/hook";
  }

  private static String message(String key, int number, String url) {
    return "{\"messageId\":\"%s%d\",\"key\":\"%s\",\"headers\":{\"Webhook-Url\":\"%s\"},\"payload\":\"%s %d\"}\n"
        .formatted(key, number, key, url, key, number);
  }

  private static void append(CommandLineRun stretto, String messages) {
    Result append =
        stretto.run(messages.getBytes(UTF_8), "append", "--envelope", "--channel", "customers");
    assertThat(append.code()).as(append.err()).isZero();
  }

  private static Result dispatch(CommandLineRun stretto, String... options) {
    List<String> all = new ArrayList<>(List.of("dispatch", "--json", "--channel", "customers"));
    all.addAll(List.of(options));
    return stretto.run(all.toArray(String[]::new));
  }

  @Test
  void aHostThatMustNotBeCalledParksItsMessage() throws Exception {
    CommandLineRun stretto = new CommandLineRun(folder).withYaml(example);
    append(
        stretto,
        message("a", 1, "https://hooks.example.com/")
            + message("b", 1, "http://a.internal.example.org/")
            + message("c", 1, "customer 7"));

    Result dispatch = dispatch(stretto);

    assertThat(dispatch.code()).as(dispatch.err()).isEqualTo(3);
    assertThat(stretto.run("parked", "list").out())
        .contains(
            "http.url: hooks.example.com:443 is none of the hosts that http.allow names",
            "http.url: a.internal.example.org:80 has none of the ports that http.allow names",
            "http.url: {{headers.Webhook-Url}} has a blank or a control character");
  }

  @Test
  void messagesOfAKeyArriveInOrderOverSeveralHostsBesideOneThatIsDown() throws Exception {
    String dead;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      dead = "http://127.0.0.1:" + socket.getLocalPort() + "/";
    }
    CommandLineRun stretto =
        new CommandLineRun(folder)
            .withYaml(example.replace(DOCUMENTED_ALLOW, "127.0.0.0/8"))
            .with("--stretto.channels.customers.unavailable.patience=1s");
    StringBuilder messages = new StringBuilder();
    for (int number = 1; number <= 20; number++) {
      messages.append(message("down" + number, 1, dead));
      messages.append(message("one", number, live(0)));
      messages.append(message("other", number, live(1)));
      messages.append(message("both", number, live(number % 2)));
    }
    append(stretto, messages.toString());

    Result first = dispatch(stretto);

    assertThat(first.code()).as(first.err()).isEqualTo(75);
    assertThat(first.out())
        .contains("\"delivered\":60,\"parked\":0,\"retried\":0", "\"remaining\":20");
    assertThat(arrived.keySet()).containsExactlyInAnyOrder("one", "other", "both");
    assertThat(arrived.values())
        .allSatisfy(numbers -> assertThat(List.copyOf(numbers)).isSorted().hasSize(20));
    assertThat(first.out()).contains("connection refused: 127.0.0.1:");

    stretto.run("open", "customers");
    Result given = dispatch(stretto, "--stretto.channels.customers.retry.give-up=1ms");

    assertThat(given.code()).as(given.err()).isEqualTo(3);
    assertThat(given.out()).contains("\"delivered\":0,\"parked\":20", "\"remaining\":0");
  }

  @Test
  void anotherOrderOrAnAllowanceForNothingEndsWith2() throws Exception {
    CommandLineRun stretto = new CommandLineRun(folder).withYaml(example);
    append(stretto, message("a", 1, "https://hooks.example.com/"));

    assertThat(dispatch(stretto, "--ordering", "start"))
        .returns(2, Result::code)
        .extracting(Result::err)
        .asString()
        .contains("stretto.channels.customers.http.url: is a template, which needs ordering key");
    CommandLineRun fixed =
        new CommandLineRun(folder)
            .withYaml(example.replace("\"{{headers.Webhook-Url}}\"", "https://example.org/"));
    assertThat(dispatch(fixed))
        .returns(2, Result::code)
        .extracting(Result::err)
        .asString()
        .contains("stretto.channels.customers.http.allow: goes with an http.url");
  }
}
