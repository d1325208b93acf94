package dev.stretto.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.stretto.database.FreePort;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The system's Prometheus on loopback, with the rules of {@code config/} and data of its own. */
final class Prometheus implements AutoCloseable {

  /** The folder of {@code prometheus} and {@code promtool}. */
  static final String PROGRAMS = System.getProperty("stretto.prometheus");

  private final HttpClient client = HttpClient.newHttpClient();
  private final Process process;
  private final String url;

  private Prometheus(Process process, int port) {
    this.process = process;
    this.url = "http://127.0.0.1:" + port;
  }

  /**
   * Starts it, and waits until it answers.
   *
   * @param targets ports of this machine whose {@code /metrics} it reads each second
   */
  static Prometheus start(Path folder, int... targets) throws IOException {
    StringBuilder configuration =
        new StringBuilder("global: { scrape_interval: 1s, evaluation_interval: 1s }\n");
    configuration
        .append("rule_files: [")
        .append(Path.of("config/prometheus-rules.yaml").toAbsolutePath())
        .append("]\nscrape_configs:\n- job_name: stretto\n  static_configs:\n");
    for (int target : targets) {
      configuration.append("  - targets: [\"127.0.0.1:").append(target).append("\"]\n");
    }
    Path file = Files.writeString(folder.resolve("prometheus.yaml"), configuration);
    Path log = folder.resolve("prometheus.log");
    int port = FreePort.find();
    Process process =
        new ProcessBuilder(
                PROGRAMS + "/prometheus",
                "--config.file=" + file,
                "--storage.tsdb.path=" + folder.resolve("prometheus"),
                "--web.listen-address=127.0.0.1:" + port)
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    Prometheus prometheus = new Prometheus(process, port);
    try {
      await()
          .failFast(
              "Prometheus runs",
              () -> assertThat(process.isAlive()).as(Files.readString(log)).isTrue())
          .ignoreExceptions()
          .until(() -> prometheus.get("/-/ready").statusCode() == 200);
      return prometheus;
    } catch (RuntimeException | Error e) {
      prometheus.close();
      throw e;
    }
  }

  /** The series that an expression has now. */
  List<JsonNode> query(String expression) throws IOException, InterruptedException {
    return data("/api/v1/query?query=" + URLEncoder.encode(expression, UTF_8))
        .path("result")
        .valueStream()
        .toList();
  }

  /** For each alert's name the channels about which it is raised, if need be for some time yet. */
  Map<String, List<String>> alerts() throws IOException, InterruptedException {
    Map<String, List<String>> alerts = new TreeMap<>();
    for (JsonNode rule : data("/api/v1/rules").at("/groups/0/rules")) {
      alerts.put(
          rule.path("name").asString(),
          rule.path("alerts")
              .valueStream()
              .map(alert -> alert.at("/labels/channel").asString())
              .sorted()
              .toList());
    }
    return alerts;
  }

  /** The values of a label, as Grafana asks for them. */
  List<String> values(String label, String series) throws IOException, InterruptedException {
    return data("/api/v1/label/" + label + "/values?match[]=" + series)
        .valueStream()
        .map(JsonNode::asString)
        .toList();
  }

  private JsonNode data(String path) throws IOException, InterruptedException {
    HttpResponse<String> response = get(path);
    if (response.statusCode() != 200) {
      throw new IOException(path + ": " + response.body());
    }
    return JsonMapper.shared().readTree(response.body()).path("data");
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return client.send(
        HttpRequest.newBuilder(URI.create(url + path)).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      client.close();
    }
  }
}
