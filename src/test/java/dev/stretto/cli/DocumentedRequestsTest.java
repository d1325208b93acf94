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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The document's templates, as they stand there. */
class DocumentedRequestsTest {

  private static final String DOCUMENTED_ADDRESS = "https://matrix.example.org";

  @TempDir private Path folder;
  private HttpServer server;
  private CommandLineRun stretto;
  private final Queue<String> arrived = new ConcurrentLinkedQueue<>();

  @BeforeEach
  void setUp() throws Exception {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::note);
    server.start();
    String example = DocumentedExample.yaml("\n  request:\n");
    assertThat(example).contains(DOCUMENTED_ADDRESS);
    String here = "http://127.0.0.1:" + server.getAddress().getPort();
    String yaml =
        example.replace(DOCUMENTED_ADDRESS, here).replace("${SPACE_TOKEN}", "s3cr3t-token");
    stretto = new CommandLineRun(folder).withYaml(yaml);
  }

  @AfterEach
  void tearDown() {
    server.stop(0);
  }

  @Test
  void aMessageBecomesTheRequestAndOneThatLacksAValueIsParkedWithItsName() {
    stretto.run(
        CommandLineRun.lines(
            "{\"messageId\":\"m1\",\"payload\":{\"room\":\"!a/b:c\",\"text\":\"say \\\"hi\\\"\"}}",
            "{\"messageId\":\"m2\",\"payload\":{\"text\":\"nowhere\"}}",
            "{\"messageId\":\"m3\",\"payload\":{\"room\":\"r\",\"text\":\"ö\"}}"),
        "append",
        "--envelope",
        "--channel",
        "space");

    Result dispatch = stretto.run("dispatch", "--json");

    assertThat(dispatch.code()).as(dispatch.err()).isEqualTo(3);
    assertThat(dispatch.out()).contains("\"delivered\":2,\"parked\":1");
    String rooms = "PUT /_matrix/client/v3/rooms/";
    assertThat(arrived)
        .containsExactlyInAnyOrder(
            rooms
                + "%21a%2Fb%3Ac/send/m.room.message/m1 Bearer s3cr3t-token"
                + " {\"msgtype\": \"m.text\", \"body\": \"say \\\"hi\\\"\"}",
            rooms
                + "r/send/m.room.message/m3 Bearer s3cr3t-token"
                + " {\"msgtype\": \"m.text\", \"body\": \"ö\"}");
    assertThat(stretto.run("parked", "list").out())
        .contains("http.request.path: {{payload/room}} is missing in the message");
  }

  @Test
  void aTemplateThatCannotBeMeantEndsWith2BeforeAnythingIsSent() {
    stretto.with("--stretto.channels.space.http.request.query=room={{rom}}");
    stretto.run(
        CommandLineRun.lines("{\"room\":\"r\",\"text\":\"t\"}"), "append", "--channel", "space");

    Result dispatch = stretto.run("dispatch");

    assertThat(dispatch.code()).isEqualTo(2);
    assertThat(dispatch.err())
        .contains("stretto.channels.space.http.request.query: {{rom}} is unknown; use id, key");
    assertThat(arrived).isEmpty();
  }

  private void note(HttpExchange exchange) throws IOException {
    arrived.add(
        "%s %s %s %s"
            .formatted(
                exchange.getRequestMethod(),
                exchange.getRequestURI().getRawPath(),
                exchange.getRequestHeaders().getFirst("Authorization"),
                new String(exchange.getRequestBody().readAllBytes(), UTF_8)));
    exchange.sendResponseHeaders(200, -1);
    exchange.close();
  }
}
