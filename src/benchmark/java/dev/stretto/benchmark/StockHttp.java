package dev.stretto.benchmark;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.StringRequestContent;
import org.eclipse.jetty.client.transport.HttpClientTransportOverHTTP;
import org.eclipse.jetty.http2.client.HTTP2Client;
import org.eclipse.jetty.http2.client.transport.HttpClientTransportOverHTTP2;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** Sends by the same HTTP client as Stretto, and blocks for the answer. */
final class StockHttp implements AutoCloseable {

  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  private final HttpClient client;
  private final String url;

  /**
   * @param version {@code 1.1}, or {@code 2} in cleartext on one connection
   * @param overlap the most calls under way
   */
  StockHttp(String url, String version, int overlap) throws Exception {
    this.url = url;
    boolean http2 = version.equals("2");
    this.client =
        http2
            ? new HttpClient(new HttpClientTransportOverHTTP2(new HTTP2Client()))
            : new HttpClient(new HttpClientTransportOverHTTP(1));
    QueuedThreadPool threads = new QueuedThreadPool(8, 1);
    threads.setDaemon(true);
    client.setExecutor(threads);
    client.setMaxConnectionsPerDestination(http2 ? 1 : overlap);
    client.start();
  }

  /** Blocks until the message is answered. */
  void send(StockJob.Row row) throws Exception {
    int status =
        client
            .POST(url)
            .headers(headers -> {
              headers.add("Idempotency-Key", row.messageId());
              headers.add("Stretto-Message-Id", row.messageId());
              headers.add("Stretto-Position", Long.toString(row.id()));
            })
            .body(new StringRequestContent("application/json", row.payload()))
            .timeout(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
            .send()
            .getStatus();
    if (status != 200) {
      throw new IllegalStateException("HTTP " + status);
    }
  }

  @Override
  public void close() throws Exception {
    client.stop();
  }
}
