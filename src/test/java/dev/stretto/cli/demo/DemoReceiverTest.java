package dev.stretto.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.http2.client.HTTP2Client;
import org.eclipse.jetty.http2.client.transport.HttpClientTransportOverHTTP2;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The demo proves its claim by these numbers. */
class DemoReceiverTest {

  private final HttpClient client =
      new HttpClient(new HttpClientTransportOverHTTP2(new HTTP2Client()));

  @BeforeEach
  void start() throws Exception {
    client.start();
  }

  @AfterEach
  void stop() throws Exception {
    client.stop();
  }

  @Test
  void countsWhatArrivesLateAndWhatArrivesTwice() throws Exception {
    try (DemoReceiver receiver = new DemoReceiver(Duration.ofMillis(1))) {
      post(receiver, 1, "a");
      post(receiver, 3, "c");
      post(receiver, 2, "b");
      post(receiver, 1, "a");

      assertThat(receiver.totals()).isEqualTo(new DemoReceiver.Totals(3, 1, 1, 1));
    }
  }

  private void post(DemoReceiver receiver, long position, String id) throws Exception {
    int status =
        client
            .POST("http://127.0.0.1:" + receiver.port() + "/")
            .headers(
                headers -> headers.add("Stretto-Message-Id", id).add("Stretto-Position", position))
            .send()
            .getStatus();
    assertThat(status).isEqualTo(200);
  }
}
