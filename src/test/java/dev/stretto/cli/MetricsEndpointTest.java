package dev.stretto.cli;

import static dev.stretto.cli.CommandLineRun.lines;
import static org.assertj.core.api.Assertions.assertThat;

import dev.stretto.cli.CommandLineRun.Result;
import dev.stretto.cli.metrics.MetricsEndpoint;
import dev.stretto.cli.start.CommandContext;
import dev.stretto.cli.start.OpenApplication;
import dev.stretto.database.FreePort;
import dev.stretto.dispatch.Counts;
import dev.stretto.metrics.RunMeters;
import dev.stretto.metrics.Telemetry;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Metrics of a process that stays, for whoever asks on its machine. */
class MetricsEndpointTest {

  @TempDir Path folder;
  private final HttpClient client = HttpClient.newHttpClient();

  @Test
  void showsEachChannelsStateAndTheMetersOfRunsToWhoeverGetsThem() throws Exception {
    int port = FreePort.find();
    try (OpenApplication application = open(port);
        MetricsEndpoint _ = MetricsEndpoint.start(application, port)) {
      RunMeters meters = Objects.requireNonNull(application.get(Telemetry.class).meters());
      meters.of("space").begin(7, () -> Counts.NONE);

      HttpResponse<String> shown = ask(port, "GET", "/metrics", "*/*");

      assertThat(shown.statusCode()).isEqualTo(200);
      assertThat(shown.headers().firstValue("Content-Type").orElseThrow())
          .startsWith("text/plain; version=0.0.4");
      assertThat(shown.body())
          .contains("\nstretto_pending_messages{channel=\"space\"} 0.0\n")
          .contains("\nstretto_run_window{channel=\"space\"} 7.0\n")
          .contains("\nstretto_run_delivered_total{channel=\"space\"} 0.0\n");
      HttpResponse<String> open =
          ask(port, "GET", "/metrics", "application/openmetrics-text; version=1.0.0");
      assertThat(open.headers().firstValue("Content-Type").orElseThrow())
          .startsWith("application/openmetrics-text; version=1.0.0");
      assertThat(open.body()).contains("stretto_run_window").endsWith("# EOF\n");
      assertThat(collected(open.body()))
          .as("the database is not read again within a second")
          .isEqualTo(collected(shown.body()));
      assertThat(ask(port, "GET", "/", "*/*").statusCode()).isEqualTo(404);
      assertThat(ask(port, "GET", "/metrics/space", "*/*").statusCode()).isEqualTo(404);
      HttpResponse<String> posted = ask(port, "POST", "/metrics", "*/*");
      assertThat(posted.statusCode()).isEqualTo(405);
      assertThat(posted.headers().firstValue("Allow")).contains("GET");
      assertThat(ask(port, "HEAD", "/metrics", "*/*").statusCode()).isEqualTo(405);
    }
    assertThat(reachable(InetAddress.getLoopbackAddress(), port)).as("it ends").isFalse();
  }

  @Test
  void nothingListensBeyondThisMachine() throws Exception {
    int port = FreePort.find();
    try (OpenApplication application = open(port);
        MetricsEndpoint _ = MetricsEndpoint.start(application, port)) {
      assertThat(reachable(InetAddress.getLoopbackAddress(), port)).isTrue();
      for (InetAddress other : others()) {
        assertThat(reachable(other, port)).as(other.toString()).isFalse();
      }
    }
  }

  @Test
  void aPortThatIsTakenEndsTheCommandWithTwoBeforeAnythingIsSent() throws Exception {
    CommandLineRun stretto =
        new CommandLineRun(folder)
            .with("--stretto.channels.space.transport=http")
            .with("--stretto.channels.space.http.url=http://127.0.0.1:9/");
    stretto.run(lines("1"), "append", "--channel", "space");
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      stretto.with("--stretto.metrics.port=" + taken.getLocalPort());

      Result result = stretto.run("dispatch", "--follow");

      assertThat(result.code()).isEqualTo(2);
      assertThat(result.err())
          .contains("stretto.metrics.port: port " + taken.getLocalPort() + " can't be had")
          .contains("choose another, 0 for any that is free, or leave it out");
      assertThat(stretto.run("runs", "--json").out()).contains("\"runs\":[]");
    }
  }

  @ParameterizedTest
  @CsvSource({"-1, between 0", "65536, between 0", "many, must be a whole number"})
  void aNumberThatIsNoPortIsRefused(String port, String problem) {
    Result result = new CommandLineRun(folder).with("--stretto.metrics.port=" + port).run("status");

    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err()).contains("stretto.metrics.port", problem);
  }

  private OpenApplication open(int port) {
    PrintWriter nowhere = new PrintWriter(new StringWriter());
    return new CommandContext(
            InputStream.nullInputStream(),
            nowhere,
            nowhere,
            List.of(
                "--spring.datasource.url=jdbc:h2:file:" + folder.resolve("outbox"),
                "--stretto.channels.space.transport=http",
                "--stretto.channels.space.http.url=http://127.0.0.1:9/",
                "--stretto.metrics.port=" + port))
        .openForOthersToo();
  }

  private HttpResponse<String> ask(int port, String method, String path, String accept)
      throws IOException, InterruptedException {
    return client.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .method(method, BodyPublishers.noBody())
            .header("Accept", accept)
            .build(),
        BodyHandlers.ofString());
  }

  private static double collected(String metrics) {
    return metrics
        .lines()
        .filter(line -> line.startsWith("stretto_collected_timestamp_seconds "))
        .mapToDouble(line -> Double.parseDouble(line.split(" ")[1]))
        .sum();
  }

  private static List<InetAddress> others() throws IOException {
    List<InetAddress> others = new ArrayList<>();
    NetworkInterface.networkInterfaces()
        .flatMap(NetworkInterface::inetAddresses)
        .filter(address -> !address.isLoopbackAddress())
        .forEach(others::add);
    return others;
  }

  private static boolean reachable(InetAddress address, int port) throws IOException {
    try (Socket socket = new Socket(address, port)) {
      return socket.isConnected();
    } catch (ConnectException e) {
      return false;
    }
  }
}
