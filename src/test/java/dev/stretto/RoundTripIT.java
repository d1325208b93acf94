package dev.stretto;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.stretto.database.Database;
import dev.stretto.database.OnEachDatabase;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

/** What arrives at the destination, byte for byte. */
@OnEachDatabase
class RoundTripIT {

  private static final List<String> PAYLOADS =
      List.of(
          "{\"text\":\"hello\"}",
          "{ \"b\" : 1,\t\"a\":2 , \"a\":3 }",
          "{\"text\":\"h\u00e9llo \u4e16\u754c \ud83d\ude80 \u2028 e\u0301\"}",
          "{\"text\":\"\\u00e9 \\ud83d\\ude80 \\/ \\\" \\\\ \\n \\u0000\"}",
          "[1.0, 1e3, 1E+03, -0, -0.0, 123456789012345678901234567890, 0.1000]",
          "\"  text  \"",
          "null",
          "true",
          "0",
          "{}",
          "[ ]",
          "{\"long\":\"" + "\u00fc".repeat(100_000) + "\"}");

  @Parameter private Database database;
  @TempDir private Path folder;
  private final Queue<String> bodies = new ConcurrentLinkedQueue<>();
  private final Queue<String> ids = new ConcurrentLinkedQueue<>();
  private HttpServer server;

  @BeforeEach
  void listen() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::note);
    server.start();
  }

  @AfterEach
  void close() {
    server.stop(0);
  }

  @Test
  void linesArriveAsTheyWereAppended() throws Exception {
    Path file = folder.resolve("lines.ndjson");
    List<String> lines = new ArrayList<>(PAYLOADS);
    lines.add(" \t{\"a\": 1} \t");
    Files.writeString(file, String.join("\n", lines) + "\n");

    appendAndDispatch(file);

    assertThat(bodies).containsExactlyElementsOf(lines);
    assertThat(ids).doesNotHaveDuplicates();
  }

  @Test
  @Tag("slow")
  void payloadsOfEnvelopesArriveAsTheyWereAppended() throws Exception {
    Path file = folder.resolve("envelopes.ndjson");
    Files.writeString(
        file,
        PAYLOADS.stream()
            .map(payload -> "{\"key\":\"k\", \"payload\": " + payload + " , \"headers\":{}}\n")
            .collect(Collectors.joining()));

    appendAndDispatch(file, "--envelope");

    assertThat(bodies).containsExactlyElementsOf(PAYLOADS);
  }

  private void appendAndDispatch(Path file, String... options) throws Exception {
    try (Shell shell = new Shell(folder).on(database.fresh(folder))) {
      shell.configureSpace(
          "http://127.0.0.1:" + server.getAddress().getPort() + "/", "ordering: strict");
      List<String> append =
          new ArrayList<>(List.of("append", "--channel", "space", "--file", file.toString()));
      append.addAll(List.of(options));
      shell.run(append.toArray(String[]::new)).exited(0);
      shell
          .run("dispatch", "--channel", "space", "--stretto.channels.space.http.version=1.1")
          .exited(0);
    }
  }

  private void note(HttpExchange exchange) throws IOException {
    try (exchange) {
      bodies.add(new String(exchange.getRequestBody().readAllBytes(), UTF_8));
      ids.add(exchange.getRequestHeaders().getFirst("Idempotency-Key"));
      exchange.sendResponseHeaders(204, -1);
    }
  }
}
