package dev.stretto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.stretto.receiver.Receiver.Arrival;
import dev.stretto.receiver.Receiver.Totals;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Commands that are run while a dispatch is under way. */
@Tag("slow")
class SecondRunIT {

  private static final String SLOW = "500";

  @TempDir private Path folder;

  @Test
  void othersSeeAndAppendWhileOneSends() throws Exception {
    try (ReceiverUnderTest receiver = ReceiverUnderTest.start("--delay", SLOW);
        Shell shell = new Shell(folder)) {
      shell.configureSpace(receiver.url(), "window: 2");
      shell.append(1, 400);
      Shell.Running first = shell.start("dispatch", "--channel", "space", "--json");
      receiver.awaitCount(1, first);

      Shell.Ran named = shell.run("dispatch", "--channel", "space").exited(75);
      assertThat(named.out().lines()).as(named.out()).hasSize(1);
      assertThat(named.out()).contains("channel space is held by", "/" + first.pid() + " ");
      Shell.Ran unnamed = shell.run("dispatch").exited(0);
      assertThat(unnamed.out()).contains("/" + first.pid() + " ");

      shell.append(401, 10);
      JsonNode status = shell.run("status", "--json").exited(0).json().path("channels").path(0);
      assertThat(status.path("inFlight").asInt()).isBetween(1, 2);
      assertThat(status.path("pending").asInt()).isGreaterThan(10);
      assertThat(status.path("lease").path("owner").asString()).endsWith("/" + first.pid());
      assertThat(first.alive()).isTrue();

      receiver.answerAtOnce();
      JsonNode run = first.await().exited(0).json();
      assertThat(run.path("delivered").asInt()).isEqualTo(410);
      Totals totals = receiver.totals();
      assertThat(totals.count()).isEqualTo(410);
      assertThat(totals.duplicates()).isZero();
      assertThat(receiver.arrivals()).extracting(Arrival::fence).containsOnly(1L);
      assertThat(shell.statuses()).isEqualTo(Map.of("DELIVERED", 410));
      assertThat(shell.executions()).hasSize(1);
    }
  }

  @Test
  void oneSendsWhereSeveralAreStartedTogether() throws Exception {
    try (ReceiverUnderTest receiver = ReceiverUnderTest.start("--delay", SLOW);
        Shell shell = new Shell(folder)) {
      shell.configureSpace(receiver.url(), "window: 2");
      shell.append(1, 400);
      List<Shell.Running> runs = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        runs.add(shell.start("dispatch", "--channel", "space"));
      }
      await()
          .atMost(Duration.ofMinutes(3))
          .until(() -> runs.stream().filter(Shell.Running::alive).count() <= 1);
      receiver.answerAtOnce();

      List<Integer> codes = new ArrayList<>();
      for (Shell.Running run : runs) {
        codes.add(run.await().exitCode());
      }
      assertThat(codes).containsExactlyInAnyOrder(0, 75, 75);
      assertThat(receiver.totals().count()).isEqualTo(400);
      assertThat(receiver.totals().duplicates()).isZero();
      assertThat(receiver.arrivals()).extracting(Arrival::fence).containsOnly(1L);
    }
  }
}
