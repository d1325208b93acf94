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

/** A chat server that asks to leave one of its rooms alone. */
class RoomLimitsTest {

  private static final String LIMITED =
      "{\"ok\":false,\"error_code\":429,\"parameters\":{\"retry_after\":3600}}";

  @TempDir private Path folder;
  private HttpServer server;
  private CommandLineRun stretto;
  private final Queue<String> requests = new ConcurrentLinkedQueue<>();
  private volatile boolean limited = true;

  @BeforeEach
  void setUp() throws Exception {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
    stretto =
        new CommandLineRun(folder)
            .with("--stretto.channels.chat.preset=telegram")
            // the preset's would keep every room for the second in which this looks
            .with("--stretto.channels.chat.key-rate=1000/s")
            .with(
                "--stretto.channels.chat.http.url=http://127.0.0.1:"
                    + server.getAddress().getPort());
  }

  @AfterEach
  void tearDown() {
    server.stop(0);
  }

  @Test
  void anAnswerClosesTheRoomOnlyAndForLaterRunsToo() {
    append("quiet", "busy", "other");

    Result first = dispatch();

    assertThat(first.code()).as(first.err()).isEqualTo(75);
    assertThat(first.out()).contains("\"delivered\":2,\"parked\":0,\"retried\":0");
    assertThat(requests).containsExactlyInAnyOrder("quiet", "busy", "other");
    assertThat(stretto.run("status", "--channel", "chat").out())
        .contains("chat: 1 ordering key is closed until ");
    append("third");

    Result second = dispatch();

    assertThat(second.code()).as(second.err()).isEqualTo(75);
    assertThat(second.out()).contains("\"delivered\":1,\"parked\":0,\"retried\":0");
    assertThat(requests).as("the room is left alone").hasSize(4);
    limited = false;
    assertThat(stretto.run("open", "chat").out()).contains("open; the next dispatch");

    Result last = dispatch();

    assertThat(last.code()).as(last.err()).isZero();
    assertThat(requests).hasSize(5).last().isEqualTo("busy");
  }

  private void append(String... rooms) {
    StringBuilder lines = new StringBuilder();
    for (String room : rooms) {
      lines.append("{\"key\":\"%s\",\"payload\":\"%s\"}\n".formatted(room, room));
    }
    Result append =
        stretto.run(lines.toString().getBytes(UTF_8), "append", "--envelope", "--channel", "chat");
    assertThat(append.code()).as(append.err()).isZero();
  }

  private Result dispatch() {
    return stretto.run("dispatch", "--json", "--channel", "chat");
  }

  private void answer(HttpExchange exchange) throws IOException {
    String room = new String(exchange.getRequestBody().readAllBytes(), UTF_8).replace("\"", "");
    requests.add(room);
    boolean refuses = limited && room.equals("busy");
    byte[] body = (refuses ? LIMITED : "{\"ok\":true}").getBytes(UTF_8);
    exchange.sendResponseHeaders(refuses ? 429 : 200, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }
}
