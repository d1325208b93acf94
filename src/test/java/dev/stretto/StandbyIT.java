package dev.stretto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.stretto.receiver.Receiver.Arrival;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Dispatches that wait for each other's channels, on a database that all of them reach. */
@Tag("slow")
class StandbyIT {

  private static final int MESSAGES = 3000;
  private static final int WINDOW = 8;

  @TempDir private Path folder;

  @Test
  void aStandbyTakesOverFromOneThatIsKilledAndFromOneThatEnds() throws Exception {
    try (SharedDatabase database = new SharedDatabase(folder);
        ReceiverUnderTest receiver = ReceiverUnderTest.start("--delay", "200");
        Shell shell = new Shell(folder).takenOverSoon()) {
      shell.configureSpace(receiver.url(), "window: " + WINDOW);
      String url = database.option();
      Shell.Running first = shell.start("dispatch", "--follow", "--standby", url);
      shell.append(1, MESSAGES, url);
      receiver.awaitCount(100, first);
      Shell.Running second =
          shell.start("dispatch", "--follow", "--standby", "--ready-file", "second", url);
      FollowIT.awaitFile(second, folder.resolve("second"));

      first.kill();

      receiver.awaitCount(receiver.totals().count() + 100, second);
      Shell.Running third =
          shell.start("dispatch", "--follow", "--standby", "--ready-file", "third", url);
      FollowIT.awaitFile(third, folder.resolve("third"));
      assertThat(shell.run("dispatch", "--channel", "space", "--follow", url).exited(75).out())
          .contains("is held by", "/" + second.pid() + " ");
      second.signal("TERM");
      second.await().exited(0);
      receiver.answerAtOnce();
      shell.append(MESSAGES + 1, 10, url);
      receiver.awaitCount(MESSAGES + 10, third);
      awaitDelivered(shell, url);
      third.signal("TERM");
      third.await().exited(0);

      List<Arrival> arrivals = receiver.arrivals();
      assertThat(arrivals).extracting(Arrival::fence).isSorted().contains(1L, 2L, 3L);
      for (long fence = 1; fence <= 3; fence++) {
        long run = fence;
        assertThat(arrivals.stream().filter(arrival -> arrival.fence() == run))
            .extracting(Arrival::position)
            .isSorted()
            .doesNotHaveDuplicates();
      }
      assertThat(receiver.totals().distinct()).isEqualTo(MESSAGES + 10);
      assertThat(receiver.totals().duplicates()).isLessThanOrEqualTo(WINDOW);
      database.close();
      assertThat(shell.statuses()).isEqualTo(Map.of("DELIVERED", MESSAGES + 10));
      List<Shell.Execution> executions = shell.executions();
      assertThat(executions)
          .extracting(Shell.Execution::status)
          .containsExactly("FAILED", "STOPPED", "STOPPED");
      assertThat(executions).extracting(Shell.Execution::instance).containsOnly(1L);
    }
  }

  private static void awaitDelivered(Shell shell, String url) {
    await()
        .until(() ->
            shell
                    .run("status", "--json", url)
                    .exited(0)
                    .json()
                    .path("channels")
                    .path(0)
                    .path("delivered")
                    .asInt()
                == MESSAGES + 10);
  }
}
