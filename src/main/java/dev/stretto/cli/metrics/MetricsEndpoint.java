package dev.stretto.cli.metrics;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.stretto.cli.metrics.MetricsCommand.Format;
import dev.stretto.cli.start.OpenApplication;
import dev.stretto.metrics.scrape.ScrapedMeters;
import dev.stretto.transport.InvalidSettingException;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shows every channel's state and the process's own meters to whoever asks on this machine. The
 * database is read by one at a time, and at most once a second. Thread-safe.
 */
public final class MetricsEndpoint implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(MetricsEndpoint.class);

  private static final String PATH = "/metrics";
  private static final String OPENMETRICS = "application/openmetrics-text";

  /** How long what was read is shown. */
  private static final Duration FRESH = Duration.ofSeconds(1);

  /** Whoever reads slowly has one of them. */
  private static final int THREADS = 4;

  private final ChannelReadings readings;
  private final ScrapedMeters meters;
  private final HttpServer server;
  private final ExecutorService threads =
      Executors.newFixedThreadPool(
          THREADS, Thread.ofPlatform().daemon().name("metrics-", 1).factory());

  /** Guarded by this, like the next. */
  private @Nullable MetricSnapshots read;

  private long readAt;

  private MetricsEndpoint(OpenApplication application, HttpServer server) {
    this.readings = new ChannelReadings(application);
    this.meters = application.get(ScrapedMeters.class);
    this.server = server;
  }

  /**
   * Begins to answer on loopback.
   *
   * @param port 0 for any that is free
   * @throws InvalidSettingException where the port can't be had
   */
  public static MetricsEndpoint start(OpenApplication application, int port) {
    HttpServer server;
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    } catch (IOException e) {
      throw new InvalidSettingException(
          "stretto.metrics.port",
          "port %d can't be had (%s): choose another, 0 for any that is free, or leave it out"
              .formatted(port, e.getMessage()));
    }
    MetricsEndpoint endpoint = new MetricsEndpoint(application, server);
    server.createContext("/", endpoint::answer);
    server.setExecutor(endpoint.threads);
    server.start();
    LOG.info(
        "metrics are at http://{}:{}{}",
        server.getAddress().getAddress().getHostAddress(),
        server.getAddress().getPort(),
        PATH);
    return endpoint;
  }

  private void answer(HttpExchange call) throws IOException {
    try (call) {
      if (!call.getRequestURI().getPath().equals(PATH)) {
        send(call, 404, "text/plain", "there is only " + PATH + "\n");
      } else if (!call.getRequestMethod().equals("GET")) {
        call.getResponseHeaders().set("Allow", "GET");
        send(call, 405, "text/plain", "there is only GET\n");
      } else {
        show(call);
      }
    }
  }

  private void show(HttpExchange call) throws IOException {
    List<String> accepted = call.getRequestHeaders().getOrDefault("Accept", List.of());
    Format format =
        accepted.stream().anyMatch(types -> types.contains(OPENMETRICS))
            ? Format.OPENMETRICS
            : Format.PROMETHEUS;
    MetricSnapshots.Builder all = MetricSnapshots.builder();
    try {
      channels().forEach(all::metricSnapshot);
    } catch (SQLException | RuntimeException e) {
      LOG.debug("Can't read metrics from the database", e);
      send(call, 503, "text/plain", "the database does not answer\n");
      return;
    }
    meters.snapshots().forEach(all::metricSnapshot);
    send(call, 200, MetricsText.contentType(format), MetricsText.of(format, all.build()));
  }

  private synchronized MetricSnapshots channels() throws SQLException {
    MetricSnapshots last = read;
    if (last != null && System.nanoTime() - readAt < FRESH.toNanos()) {
      return last;
    }
    MetricSnapshots now = ChannelMetrics.of(readings.of(List.of()), readings.now());
    read = now;
    readAt = System.nanoTime();
    return now;
  }

  private static void send(HttpExchange call, int status, String type, String text)
      throws IOException {
    byte[] bytes = text.getBytes(UTF_8);
    call.getResponseHeaders().set("Content-Type", type);
    boolean head = call.getRequestMethod().equals("HEAD");
    call.sendResponseHeaders(status, head ? -1 : bytes.length);
    if (!head) {
      call.getResponseBody().write(bytes);
    }
  }

  /** Answers nobody any more. */
  @Override
  public void close() {
    server.stop(0);
    threads.shutdown();
  }
}
