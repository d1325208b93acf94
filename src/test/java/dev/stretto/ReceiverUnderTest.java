package dev.stretto;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.stretto.receiver.Receiver.Arrival;
import dev.stretto.receiver.Receiver.Totals;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;

/** A {@link ReceiverMain} in a JVM of its own. */
final class ReceiverUnderTest implements AutoCloseable {

  private static final JsonMapper JSON = JsonMapper.shared();

  private final Process jvm;
  private final int port;
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private ReceiverUnderTest(Process jvm, int port) {
    this.jvm = jvm;
    this.port = port;
  }

  /** Starts a receiver; returns once it listens. */
  static ReceiverUnderTest start(String... options) throws IOException {
    List<String> command = new ArrayList<>();
    Collections.addAll(
        command,
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",
        "-Xmx256m",
        "-cp",
        System.getProperty("java.class.path"),
        ReceiverMain.class.getName());
    Collections.addAll(command, options);
    Process jvm =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    BufferedReader output = jvm.inputReader(UTF_8);
    return new ReceiverUnderTest(jvm, Integer.parseInt(String.valueOf(output.readLine())));
  }

  String url() {
    return "http://127.0.0.1:" + port + "/";
  }

  Totals totals() {
    return JSON.readValue(get("stats"), Totals.class);
  }

  List<Arrival> arrivals() {
    return get("arrivals").lines().map(line -> JSON.readValue(line, Arrival.class)).toList();
  }

  /** What arrives from now on is answered without delay. */
  void answerAtOnce() {
    get("at-once");
  }

  /** What arrives from now on is taken. */
  void accept() {
    get("accept");
  }

  /** Waits until so many requests have arrived; fails where the sender ends before. */
  void awaitCount(long requests, Shell.Running sender) {
    await()
        .atMost(Duration.ofSeconds(90))
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(10))
        .untilAsserted(() -> {
          boolean alive = sender.alive();
          long count = totals().count();
          if (count < requests && !alive) {
            throw new IllegalStateException(
                count + " of " + requests + " had arrived when it ended: " + sender.output());
          }
          assertThat(count).isGreaterThanOrEqualTo(requests);
        });
  }

  private String get(String page) {
    try {
      HttpRequest request = HttpRequest.newBuilder(URI.create(url() + page)).build();
      return client.send(request, BodyHandlers.ofString()).body();
    } catch (IOException e) {
      throw new IllegalStateException("the receiver does not answer", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    client.close();
    jvm.destroyForcibly();
  }
}
