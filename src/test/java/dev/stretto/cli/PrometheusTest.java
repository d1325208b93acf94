package dev.stretto.cli;

import static dev.stretto.cli.CommandLineRun.lines;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.stretto.cli.metrics.MetricsEndpoint;
import dev.stretto.cli.start.CommandContext;
import dev.stretto.cli.start.OpenApplication;
import dev.stretto.database.Database;
import dev.stretto.database.FreePort;
import dev.stretto.database.FreshDatabase;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.Yaml;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The system's Prometheus reads what the command writes, and answers every panel of the dashboard
 * and every alert's rule with it. Run by the Maven profile {@code prometheus} only.
 */
@Tag("prometheus")
class PrometheusTest {

  private static final String RULES = "config/prometheus-rules.yaml";
  private static final String RULES_TEST = "src/test/prometheus/rules-test.yaml";
  private static final Path DASHBOARD = Path.of("config/grafana-dashboard.json");
  private static final Pattern LABEL = Pattern.compile("\\{\\{(\\w+)}}");

  @TempDir private Path folder;
  private CommandLineRun stretto;
  private TestDatabase database;
  private HttpServer server;

  @BeforeEach
  void setUp() throws IOException {
    FreshDatabase fresh = Database.H2.migrated(folder);
    database = new TestDatabase(fresh);
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", PrometheusTest::receive);
    server.createContext("/metrics", this::metrics);
    server.start();
    stretto =
        new CommandLineRun(fresh)
            .withYaml(
                """
                stretto.channels:
                  space: { transport: http, http: { url: "%1$s/hook" } }
                  gone: { transport: http, http: { url: "%1$s/gone" } }
                  down: { transport: http, unavailable: { patience: 0s }, http: { url: "http://127.0.0.1:1/" } }
                  keyed: { transport: http, ordering: key, retry-after: key, unavailable: { patience: 0s }, http: { url: "%1$s/keyed" } }
                """
                    .formatted("http://127.0.0.1:" + server.getAddress().getPort()));
  }

  @AfterEach
  void tearDown() {
    server.stop(0);
  }

  @Test
  void theRulesAreWhatPrometheusReadsAndFireWhenTheyShould() throws Exception {
    assertThat(promtool("check", "rules", RULES)).contains("SUCCESS");
    assertThat(promtool("test", "rules", RULES_TEST)).contains("SUCCESS");

    Set<String> fired = new TreeSet<>();
    for (JsonNode test : yaml(RULES_TEST).path("tests")) {
      test.path("alert_rule_test")
          .valueStream()
          .filter(moment -> moment.has("exp_alerts"))
          .forEach(moment -> fired.add(moment.path("alertname").asString()));
    }
    assertThat(fired)
        .containsExactlyInAnyOrderElementsOf(
            yaml(RULES).at("/groups/0/rules").findValuesAsString("alert"));
  }

  @Test
  void everyPanelIsAnsweredAndEveryAlertIsRaisedByWhatItIsAbout() throws Exception {
    append("space", "{\"payload\": 1}");
    assertThat(stretto.run("dispatch").code()).isZero();
    writeMetrics();
    int endpoint = FreePort.find();
    try (Prometheus prometheus =
        Prometheus.start(folder, server.getAddress().getPort(), endpoint)) {
      // what is parked has to have grown
      await()
          .until(
              () -> prometheus.query("stretto_parked_messages{channel='space'} == 0").size() == 1);
      trouble();
      writeMetrics();
      await()
          .until(
              () -> prometheus.query("stretto_parked_messages{channel='space'} == 1").size() == 1);

      await()
          .untilAsserted(() ->
              assertThat(prometheus.alerts())
                  .containsOnly(
                      Map.entry("StrettoPendingTooOld", List.of("down")),
                      Map.entry("StrettoParkedGrows", List.of("keyed", "space")),
                      Map.entry("StrettoGateClosed", List.of("down", "gone", "keyed")),
                      Map.entry("StrettoPersonNeeded", List.of("gone")),
                      Map.entry("StrettoNoSuccess", List.of("down", "gone")),
                      Map.entry("StrettoMetricsOld", List.of())));
      for (JsonNode target : targets()) {
        String expression = target.path("expr").asString();
        List<JsonNode> series =
            prometheus.query(
                expression.replace("$channel", ".*").replace("$__rate_interval", "1m"));
        assertThat(series)
            .as(expression)
            .isNotEmpty()
            .allSatisfy(one ->
                assertThat(one.path("metric").propertyNames())
                    .containsAll(labels(target.path("legendFormat").asString())));
      }
      assertThat(prometheus.values("channel", "stretto_pending_messages"))
          .containsExactly("down", "gone", "keyed", "space");

      try (OpenApplication application = open();
          MetricsEndpoint _ = MetricsEndpoint.start(application, endpoint)) {
        String there = "{instance='127.0.0.1:" + endpoint + "'}";
        await().until(() -> prometheus.query("stretto_pending_messages" + there).size() == 4);
        assertThat(prometheus.query("up" + there + " == 1")).hasSize(1);
      }
    }
  }

  /**
   * A message that is refused, a channel of each trouble, a key behind a parked message, another
   * that waits.
   */
  private void trouble() throws Exception {
    append("space", "{\"payload\": \"bad\"}", "{\"payload\": 2}");
    append("gone", "{\"payload\": 1}");
    append("down", "{\"payload\": 1}");
    append(
        "keyed",
        "{\"payload\": \"bad\", \"key\": \"a\"}",
        "{\"payload\": 1, \"key\": \"a\"}",
        "{\"payload\": \"later\", \"key\": \"b\"}",
        "{\"payload\": 1, \"key\": \"c\"}");
    database.execute(
        "update outbox_message set created_at = current_timestamp - interval '2' hour where channel"
            + " = 'down'");
    assertThat(stretto.run("dispatch").code()).isEqualTo(1);
  }

  private OpenApplication open() {
    PrintWriter nowhere = new PrintWriter(new StringWriter());
    return new CommandContext(InputStream.nullInputStream(), nowhere, nowhere, stretto.properties())
        .openForOthersToo();
  }

  private static String promtool(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of(Prometheus.PROGRAMS + "/promtool"));
    command.addAll(List.of(arguments));
    Process promtool = new ProcessBuilder(command).redirectErrorStream(true).start();
    String printed = new String(promtool.getInputStream().readAllBytes(), UTF_8);
    assertThat(promtool.waitFor()).as(printed).isZero();
    return printed;
  }

  private void append(String channel, String... messages) {
    CommandLineRun.Result appended =
        stretto.run(lines(messages), "append", "--channel", channel, "--envelope");
    assertThat(appended.code()).as(appended.err()).isZero();
  }

  private void writeMetrics() {
    assertThat(stretto.run("metrics", "--out", folder.resolve("stretto.prom").toString()).code())
        .isZero();
  }

  /** What node_exporter would hand on. */
  private void metrics(HttpExchange exchange) throws IOException {
    byte[] written = Files.readAllBytes(folder.resolve("stretto.prom"));
    exchange.getResponseHeaders().set("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
    exchange.sendResponseHeaders(200, written.length);
    exchange.getResponseBody().write(written);
    exchange.close();
  }

  private static void receive(HttpExchange exchange) throws IOException {
    String payload = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
    int status = exchange.getRequestURI().getPath().equals("/gone") ? 410 : 204;
    if (payload.equals("\"bad\"")) {
      status = 422;
    } else if (payload.equals("\"later\"")) {
      exchange.getResponseHeaders().set("Retry-After", "600");
      status = 429;
    }
    exchange.sendResponseHeaders(status, -1);
    exchange.close();
  }

  private static List<JsonNode> targets() throws IOException {
    List<JsonNode> targets = new ArrayList<>();
    for (JsonNode panel :
        JsonMapper.shared().readTree(Files.readString(DASHBOARD)).path("panels")) {
      panel.path("targets").forEach(targets::add);
    }
    assertThat(targets).isNotEmpty();
    return targets;
  }

  private static JsonNode yaml(String file) throws IOException {
    Object read = new Yaml().load(Files.readString(Path.of(file)));
    return JsonMapper.shared().valueToTree(read);
  }

  private static List<String> labels(String legend) {
    return LABEL.matcher(legend).results().map((MatchResult found) -> found.group(1)).toList();
  }
}
