package dev.stretto.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.stretto.NodeScript;
import dev.stretto.database.Database;
import dev.stretto.database.FreshDatabase;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * The page of a run in the system's Chromium: its accessibility tree by axe-core's rules, its
 * width, and what it logs or loads. Run by the Maven profile {@code browser} only.
 */
@Tag("browser")
class ReportPageTest {

  private static final Database VENDOR = Database.H2;

  /** As nobody's configuration could name a channel, but somebody's SQL. */
  private static final String HOSTILE = "</title><script>alert(1)</script>" + "long".repeat(16);

  private static final String LONG = "https://example.org/" + "a-very-long-path/".repeat(60);
  private static final String RIGHT_TO_LEFT = "\u202Eالرسالة رُفضت لأنها <b>طويلة</b> جدًا";

  private static NodeScript script;

  @TempDir private Path folder;
  private CommandLineRun stretto;
  private TestDatabase database;

  @BeforeAll
  static void install() throws Exception {
    script = NodeScript.install("report-page");
  }

  @BeforeEach
  void setUp() {
    FreshDatabase fresh = VENDOR.migrated(folder);
    stretto = new CommandLineRun(fresh);
    database = new TestDatabase(fresh);
  }

  @Test
  void everyoneCanReadItInEveryWindow() throws Exception {
    List<Path> pages = new ArrayList<>();
    pages.add(report("dispatched", dispatched()));
    record(1001, "idle", 0);
    pages.add(report("without-calls", 1001));
    record(1002, "few", 3);
    pages.add(report("few-calls", 1002));
    record(1003, HOSTILE, 3000);
    database.execute(
        "update outbox_message set status = 'PARKED', queue = 4, last_error = '%s'"
                .formatted(RIGHT_TO_LEFT)
            + " where fence = 1003 and mod(position, 100) = 30",
        "update outbox_message set status = 'PENDING', queue = 1, settled_at = null, last_error = '%s'"
                .formatted(LONG)
            + " where fence = 1003 and mod(position, 100) = 40",
        "update outbox_message set message_id = concat('\"><img src=x>', message_id)"
            + " where fence = 1003");
    pages.add(report("hostile", 1003));

    assertThat(found(pages)).isEmpty();
  }

  @Test
  void aFaultOfThePageWouldBeSeen() throws Exception {
    record(1002, "few", 3);
    String html = Files.readString(report("whole", 1002));
    List<Fault> faults =
        List.of(
            new Fault("low-contrast", "--dim: #", "--dim: #dde; --was: #", "color-contrast"),
            new Fault("picture", "aria-label=\"calls", "data-label=\"calls", "svg-img-alt"),
            new Fault("language", "<html lang=\"en\">", "<html>", "html-has-lang"),
            new Fault("headings", "<h2>Calls</h2>", "<h4>Calls</h4>", "heading-order"),
            new Fault(
                "image", "<h2>", "<img alt=\"\" src=\"http://[::1]:9/\"/><h2>", "in the console"),
            new Fault("script", "</main>", "</main><script>throw 1</script>", "in the console"),
            new Fault(
                "no-policy",
                "<meta http-equiv=\"Content-Security-Policy\"",
                "<img alt=\"\" src=\"http://[::1]:9/\"/><meta name=\"p\"",
                "loads http://[::1]:9/"),
            new Fault("wide", "max-width: 62rem", "min-width: 62rem", "wider than the window"));
    List<Path> pages = new ArrayList<>();
    for (Fault fault : faults) {
      String broken = html.replace(fault.written, fault.instead);
      assertThat(broken).as(fault.name).isNotEqualTo(html);
      pages.add(Files.writeString(folder.resolve(fault.name + ".html"), broken));
    }

    List<String> found = found(pages);

    assertThat(faults)
        .allSatisfy(fault ->
            assertThat(found)
                .anySatisfy(text -> assertThat(text).startsWith(fault.name).contains(fault.seen)));
  }

  /** What is written otherwise on a page of that name, and what has to be said of it. */
  private record Fault(String name, String written, String instead, String seen) {}

  private static List<String> found(List<Path> pages) throws Exception {
    return script
        .run(
            "inspect.js",
            Map.of(
                "browser",
                System.getProperty("stretto.chromium"),
                "pages",
                pages.stream().map(Path::toString).toList()))
        .valueStream()
        .map(JsonNode::asString)
        .toList();
  }

  private Path report(String name, long run) {
    Path page = folder.resolve(name + ".html");
    CommandLineRun.Result result =
        stretto.run("report", String.valueOf(run), "--out", page.toString());
    assertThat(result.code()).as(result.err()).isZero();
    return page;
  }

  /** A run of 300 messages, of which a receiver refuses each hundredth. */
  private long dispatched() throws Exception {
    HttpServer receiver =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    receiver.createContext(
        "/",
        exchange -> {
          String sent = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
          exchange.sendResponseHeaders(sent.endsWith("50") ? 422 : 204, -1);
          exchange.close();
        });
    receiver.start();
    try {
      stretto
          .with(
              "--stretto.channels.space.http.url=http://127.0.0.1:"
                  + receiver.getAddress().getPort())
          .run(
              CommandLineRun.lines(
                  IntStream.range(0, 300).mapToObj(String::valueOf).toArray(String[]::new)),
              "append",
              "--channel",
              "space");
      assertThat(stretto.run("dispatch").code()).isEqualTo(3);
    } finally {
      receiver.stop(0);
    }
    return Long.parseLong(database.lines("select max(run) from outbox_run").getFirst());
  }

  /** A run, of which the fence and the number are the same, with so many calls. */
  private void record(int run, String channel, int calls) throws SQLException {
    database.execute(
        "insert into outbox_run (channel, fence, run, ordering, began_at) values ('%s', %d, %d, 'START', %s)"
            .formatted(channel, run, run, VENDOR.in2026("0")));
    if (calls > 0) {
      database.execute(
          """
          insert into outbox_message (channel, message_id, payload, position, status, queue,
              attempts, fence, start_fence, start_number, started_at, settled_at)
          select '%s', concat('m-%d-', n), 'the payload', n, 'DELIVERED', 6, 1, %d, %d, n, %s, %s
            from %s
          """
              .formatted(
                  channel,
                  run,
                  run,
                  run,
                  VENDOR.in2026("2 * n"),
                  VENDOR.in2026("2 * n + 100 + mod(n, 7)"),
                  VENDOR.numbers(calls)));
    }
  }
}
