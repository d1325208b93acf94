package dev.stretto;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stretto.receiver.Receiver.Totals;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Dispatches that end before everything is sent, because they were told to. */
@Tag("slow")
class StoppedDispatchIT {

  private static final int WINDOW = 8;

  @TempDir private Path folder;

  @Test
  void startsNothingAfterSigtermAndFinishesWhatIsUnderWay() throws Exception {
    try (ReceiverUnderTest receiver = ReceiverUnderTest.start("--delay", "5000");
        Shell shell = new Shell(folder)) {
      shell.configureSpace(receiver.url(), "window: " + WINDOW);
      shell.append(1, 100);
      Shell.Running run = shell.start("dispatch", "--channel", "space", "--json");
      receiver.awaitCount(WINDOW, run);

      run.signal("TERM");

      JsonNode stopped = run.await().exited(75).json();
      assertThat(stopped.path("status").asString()).isEqualTo("STOPPED");
      assertThat(stopped.path("delivered").asInt()).isEqualTo(WINDOW);
      assertThat(stopped.path("remaining").asInt()).isEqualTo(100 - WINDOW);
      assertThat(receiver.totals().count()).isEqualTo(WINDOW);
      assertThat(shell.statuses()).isEqualTo(Map.of("DELIVERED", WINDOW, "PENDING", 100 - WINDOW));
    }
  }

  @Test
  void theNextRunCarriesOnWithoutSendingAnythingTwice() throws Exception {
    try (ReceiverUnderTest receiver = ReceiverUnderTest.start("--delay", "50");
        Shell shell = new Shell(folder)) {
      shell.configureSpace(receiver.url(), "window: " + WINDOW);
      shell.append(1, 2000);
      for (int stop = 1; stop <= 2; stop++) {
        Shell.Running run = shell.start("dispatch", "--channel", "space");
        receiver.awaitCount(300L * stop, run);
        run.signal("TERM");
        run.await().exited(75);
        Map<String, Integer> statuses = shell.statuses();
        assertThat(statuses).containsOnlyKeys("DELIVERED", "PENDING");
        assertThat(statuses.getOrDefault("DELIVERED", 0).longValue())
            .isEqualTo(receiver.totals().count());
      }
      receiver.answerAtOnce();

      shell.run("dispatch", "--channel", "space").exited(0);

      Totals totals = receiver.totals();
      assertThat(totals.count()).isEqualTo(2000);
      assertThat(totals.duplicates()).isZero();
      assertThat(totals.inversions()).isZero();
      assertThat(shell.executions())
          .extracting(Shell.Execution::status)
          .containsExactly("STOPPED", "STOPPED", "COMPLETED");
      assertThat(shell.executions()).extracting(Shell.Execution::instance).containsOnly(1L);
    }
  }

  @Test
  void completesWhenItsLimitOrTimeIsReached() throws Exception {
    try (ReceiverUnderTest receiver = ReceiverUnderTest.start("--delay", "20");
        Shell shell = new Shell(folder)) {
      shell.configureSpace(receiver.url(), "window: 1");
      shell.append(1, 3000);

      JsonNode limited =
          shell.run("dispatch", "--channel", "space", "--limit", "100", "--json").exited(0).json();
      assertThat(limited.path("status").asString()).isEqualTo("COMPLETED");
      assertThat(limited.path("delivered").asInt()).isEqualTo(100);
      assertThat(receiver.totals().count()).isEqualTo(100);
      assertThat(shell.statuses()).isEqualTo(Map.of("DELIVERED", 100, "PENDING", 2900));

      JsonNode timed =
          shell.run("dispatch", "--channel", "space", "--for", "5s", "--json").exited(0).json();
      assertThat(timed.path("status").asString()).isEqualTo("COMPLETED");
      int delivered = timed.path("delivered").asInt();
      assertThat(delivered).isBetween(1, 2899);
      assertThat(shell.statuses())
          .isEqualTo(Map.of("DELIVERED", 100 + delivered, "PENDING", 2900 - delivered));
      assertThat(receiver.totals().duplicates()).isZero();
      assertThat(shell.executions())
          .extracting(Shell.Execution::status)
          .containsExactly("COMPLETED", "COMPLETED");
      assertThat(shell.executions()).extracting(Shell.Execution::instance).doesNotHaveDuplicates();
    }
  }

  @ParameterizedTest
  @CsvSource({"TERM, 143", "INT, 130"})
  void endsAtOnceOnASecondSignalThoughCallsHang(String signal, int code) throws Exception {
    try (ReceiverUnderTest receiver = ReceiverUnderTest.start("--delay", "600000");
        Shell shell = new Shell(folder)) {
      shell.configureSpace(receiver.url(), "window: 2", "drain: 10m");
      shell.append(1, 10);
      Shell.Running run = shell.start("dispatch", "--channel", "space");
      receiver.awaitCount(2, run);

      run.signal(signal);
      run.awaitSignalsSeen();
      run.signal(signal);

      run.await().exited(code);
      assertThat(receiver.totals().count()).isEqualTo(2);
    }
  }
}
