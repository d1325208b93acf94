package dev.stretto.receiver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongFunction;
import org.junit.jupiter.api.Test;

class ReceiverTest {

  private static final HttpClient CLIENT =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  @Test
  void countsLateFirstAttemptsAndRepeatedIdsButNotRetriesAsLate() throws Exception {
    try (Receiver receiver = new Receiver(Receiver.Options.delayed(now()))) {
      String id = UUID.randomUUID().toString();
      post(receiver, 1, id, 1, 7);
      post(receiver, 3, "an id of its own", 1, 7);
      post(receiver, 2, UUID.randomUUID().toString(), 1, 7);
      post(receiver, 1, id, 2, 8);
      post(receiver, 3, "an id of its own", 2, 8);

      assertThat(receiver.totals()).isEqualTo(new Receiver.Totals(5, 3, 1, 2, 1));
      assertThat(receiver.arrivals())
          .hasSize(5)
          .startsWith(
              new Receiver.Arrival(1, id, 1, 7), new Receiver.Arrival(3, "an id of its own", 1, 7))
          .endsWith(new Receiver.Arrival(3, "an id of its own", 2, 8));
    }
  }

  @Test
  void remembersManyRequestsExactly() {
    Arrivals arrivals = new Arrivals();
    int count = 200_000;
    for (int position = 1; position <= count; position++) {
      arrivals.add(position, new UUID(position % 1000, position).toString(), 1, 9);
      if (position % 10 == 0) {
        arrivals.add(position, new UUID(position % 1000, position).toString(), 2, 9);
      }
    }
    assertThat(arrivals.totals(4))
        .isEqualTo(new Receiver.Totals(count + count / 10, count, 0, count / 10, 4));
    assertThat(arrivals.list().getLast())
        .isEqualTo(new Receiver.Arrival(count, new UUID(0, count).toString(), 2, 9));
  }

  @Test
  void holdsManyDelayedAnswersAtOnce() {
    LongFunction<Duration> delay = position -> Duration.ofSeconds(position == 0 ? 0 : 2);
    try (Receiver receiver = new Receiver(Receiver.Options.delayed(delay))) {
      List<CompletableFuture<HttpResponse<Void>>> answers = new ArrayList<>();
      for (int position = 1; position <= 300; position++) {
        answers.add(
            CLIENT.sendAsync(
                request(receiver, position, "m" + position, 1, 1),
                HttpResponse.BodyHandlers.discarding()));
      }
      assertThat(answers).allSatisfy(a -> assertThat(a.join().statusCode()).isEqualTo(200));
      assertThat(receiver.totals().maxInFlight()).isGreaterThan(100);
    }
  }

  @Test
  void theTailIsTheSameForASeedAndHasItsShares() {
    LongFunction<Duration> tail = Receiver.tail(5);
    int[] counts = new int[3];
    for (long position = 1; position <= 100_000; position++) {
      long millis = tail.apply(position).toMillis();
      counts[millis == 20 ? 0 : millis == 200 ? 1 : 2]++;
      assertThat(tail.apply(position)).isEqualTo(Receiver.tail(5).apply(position));
    }
    assertThat(counts[0]).isBetween(94_000, 96_000);
    assertThat(counts[1]).isBetween(3_500, 4_500);
    assertThat(counts[2]).isBetween(700, 1_300);
  }

  @Test
  void givesPagesAndDoesNotNoteThem() throws Exception {
    Receiver.Options options =
        new Receiver.Options(0, now(), 10, null, Map.of("/stats", () -> "so many"));
    try (Receiver receiver = new Receiver(options)) {
      assertThat(get(receiver, "/stats").body()).isEqualTo("so many");
      assertThat(get(receiver, "/other").statusCode()).isEqualTo(404);
      assertThat(receiver.totals().count()).isZero();
    }
  }

  @Test
  void aTakenPortIsNamed() {
    try (Receiver first = new Receiver(Receiver.Options.delayed(now()))) {
      Receiver.Options same = new Receiver.Options(first.port(), now(), 10, null, Map.of());
      assertThatThrownBy(() -> new Receiver(same).close())
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("can't listen")
          .hasMessageContaining(String.valueOf(first.port()));
    }
  }

  private static LongFunction<Duration> now() {
    return Receiver.constant(Duration.ZERO);
  }

  private static HttpRequest request(
      Receiver receiver, long position, String id, int attempt, long fence) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + receiver.port() + "/hook"))
        .header("Stretto-Position", String.valueOf(position))
        .header("Stretto-Message-Id", id)
        .header("Stretto-Attempt", String.valueOf(attempt))
        .header("Stretto-Fence", String.valueOf(fence))
        .POST(HttpRequest.BodyPublishers.ofString("{}"))
        .build();
  }

  private static void post(Receiver receiver, long position, String id, int attempt, long fence)
      throws Exception {
    CLIENT.send(
        request(receiver, position, id, attempt, fence), HttpResponse.BodyHandlers.discarding());
  }

  private static HttpResponse<String> get(Receiver receiver, String path) throws Exception {
    URI address = URI.create("http://127.0.0.1:" + receiver.port() + path);
    return CLIENT.send(
        HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.ofString());
  }
}
