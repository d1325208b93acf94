package dev.stretto;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stretto.receiver.Receiver;
import dev.stretto.receiver.Receiver.Totals;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.LongFunction;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A backlog, from the file it is appended from to the destination. */
class DispatchIT {

  private static final int MESSAGES = 20_000;
  private static final int WINDOW = 64;

  @TempDir private Path folder;

  @Test
  @Tag("slow")
  void deliversABacklogOnceInOrderAndOverlapped() throws Exception {
    try (ReceiverUnderTest receiver = ReceiverUnderTest.start("--delay", "tail");
        Shell shell = new Shell(folder).withBothCompilers()) {
      shell.configureSpace(receiver.url(), "window: " + WINDOW);
      shell.append(1, MESSAGES);

      JsonNode run = shell.run("dispatch", "--channel", "space", "--json").exited(0).json();

      Totals totals = receiver.totals();
      assertThat(totals.count()).isEqualTo(MESSAGES);
      assertThat(totals.distinct()).isEqualTo(MESSAGES);
      assertThat(totals.duplicates()).isZero();
      assertThat(totals.inversions()).isZero();
      assertThat(totals.maxInFlight()).isBetween(WINDOW / 2, WINDOW);
      assertThat(receiver.arrivals())
          .extracting(Receiver.Arrival::position)
          .containsExactlyElementsOf(LongStream.rangeClosed(1, MESSAGES).boxed().toList());

      assertThat(run.path("channel").asString()).isEqualTo("space");
      assertThat(run.path("run").asLong()).isPositive();
      assertThat(run.path("status").asString()).isEqualTo("COMPLETED");
      assertThat(run.path("delivered").asInt()).isEqualTo(MESSAGES);
      for (String none : List.of("parked", "retried", "resent", "remaining")) {
        assertThat(run.path(none).asInt(-1)).as(none).isZero();
      }
      say(run.path("seconds").asDouble());

      JsonNode status = shell.run("status", "--json").exited(0).json().path("channels").path(0);
      assertThat(status.path("channel").asString()).isEqualTo("space");
      assertThat(status.path("delivered").asInt()).isEqualTo(MESSAGES);
      for (String none : List.of("pending", "inFlight", "parked", "discarded")) {
        assertThat(status.path(none).asInt(-1)).as(none).isZero();
      }
      assertThat(shell.statuses()).isEqualTo(Map.of("DELIVERED", MESSAGES));
      assertThat(shell.executions())
          .extracting(Shell.Execution::status)
          .containsExactly("COMPLETED");
    }
  }

  @Test
  void anAnswerThatNeverComesHoldsUpNobodyElse() throws Exception {
    try (ReceiverUnderTest receiver = ReceiverUnderTest.start("--delay", "5", "--hang", "100");
        Shell shell = new Shell(folder)) {
      shell.configureSpace(receiver.url(), "window: 8", "drain: 100ms");
      shell.append(1, 2000);
      Shell.Running run = shell.start("dispatch", "--channel", "space", "--json");

      receiver.awaitCount(2000, run);

      run.signal("TERM");
      JsonNode stopped = run.await().exited(75).json();
      assertThat(stopped.path("remaining").asInt()).isPositive(); // one is in doubt
      receiver.answerAtOnce();
      shell.run("dispatch", "--channel", "space").exited(0);
      assertThat(shell.statuses()).isEqualTo(Map.of("DELIVERED", 2000));
      assertThat(receiver.totals().distinct()).isEqualTo(2000);
      assertThat(receiver.arrivals())
          .filteredOn(arrival -> arrival.attempt() > 1)
          .extracting(Receiver.Arrival::position)
          .contains(100L)
          .hasSizeLessThanOrEqualTo(8);
    }
  }

  /** For information only: the machine may be busy with other things. */
  private static void say(double seconds) {
    LongFunction<Duration> delays = Receiver.tail(1);
    double mean =
        LongStream.rangeClosed(1, MESSAGES)
            .mapToDouble(position -> delays.apply(position).toNanos() / 1e9)
            .average()
            .orElseThrow();
    double throughput = MESSAGES / seconds;
    System.out.printf(
        "DispatchIT: %,d messages in %.2f s, %,.0f/s; mean latency %.1f ms; %.3f of window ÷ mean"
            + " latency%n",
        MESSAGES, seconds, throughput, mean * 1e3, throughput / (WINDOW / mean));
  }
}
