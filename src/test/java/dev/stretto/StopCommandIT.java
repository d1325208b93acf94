package dev.stretto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.stretto.database.Database;
import dev.stretto.database.FreshDatabase;
import dev.stretto.receiver.Receiver.Totals;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Commands that look at runs, and end one, from another process. */
@Tag("slow")
class StopCommandIT {

  private static final int MESSAGES = 5000;
  private static final int WINDOW = 8;

  @TempDir private Path folder;

  @Test
  void aRunThatIsAskedToStopRecordsWhatIsUnderWayAndTheNextCarriesOn() throws Exception {
    try (ReceiverUnderTest receiver = ReceiverUnderTest.start("--delay", "200");
        Shell shell = new Shell(folder)) {
      shell.configureSpace(receiver.url(), "window: " + WINDOW);
      shell.append(1, MESSAGES);
      Shell.Running run = shell.start("dispatch", "--channel", "space", "--json");
      receiver.awaitCount(50, run);
      JsonNode first = shell.run("runs", "--json").exited(0).json().path("runs").path(0);
      assertThat(first.path("status").asString()).isEqualTo("STARTED");

      JsonNode asked = shell.run("stop", first.path("run").asString(), "--json").exited(0).json();

      assertThat(asked.path("channel").asString()).isEqualTo("space");
      JsonNode stopped = run.await().exited(75).json();
      assertThat(stopped.path("status").asString()).isEqualTo("STOPPED");
      assertThat(stopped.path("run").asInt()).isEqualTo(first.path("run").asInt());
      int delivered = stopped.path("delivered").asInt();
      assertThat(receiver.totals().count()).isEqualTo(delivered);
      assertThat(shell.statuses())
          .isEqualTo(Map.of("DELIVERED", delivered, "PENDING", MESSAGES - delivered));
      assertThat(shell.run("stop", "1").exited(1).err()).contains("it ended as STOPPED");

      receiver.answerAtOnce();
      shell.run("dispatch", "--channel", "space").exited(0);

      Totals totals = receiver.totals();
      assertThat(totals.count()).isEqualTo(MESSAGES);
      assertThat(totals.duplicates()).isZero();
      assertThat(totals.inversions()).isZero();
      assertThat(shell.executions())
          .extracting(Shell.Execution::status)
          .containsExactly("STOPPED", "COMPLETED");
      assertThat(shell.executions()).extracting(Shell.Execution::instance).containsOnly(1L);
    }
  }

  @Test
  void aKilledRunIsShownAsDeadUntilTheNextCarriesOnAndTheirOrderIsProved() throws Exception {
    try (ReceiverUnderTest receiver = ReceiverUnderTest.start("--delay", "50");
        Shell shell = new Shell(folder).takenOverSoon()) {
      shell.configureSpace(receiver.url(), "window: " + WINDOW);
      shell.append(1, MESSAGES);
      Shell.Running run = shell.start("dispatch", "--channel", "space");
      receiver.awaitCount(300, run);
      run.kill();

      await().untilAsserted(() -> assertThat(status(shell, 0)).isEqualTo("DEAD"));
      assertThat(shell.run("stop", "1").exited(1).err()).contains("it died");
      receiver.answerAtOnce();
      shell.run("dispatch", "--channel", "space").exited(0);

      assertThat(status(shell, 0)).isEqualTo("COMPLETED");
      assertThat(status(shell, 1)).isEqualTo("FAILED");
      JsonNode proved = shell.run("verify", "--json").exited(0).json().path("channels").path(0);
      assertThat(proved.path("ordered").asBoolean()).isTrue();
      int unrecorded = proved.path("unrecorded").asInt();
      assertThat(unrecorded).isBetween(0, WINDOW);
      assertThat(proved.path("starts").asInt()).isEqualTo(MESSAGES - unrecorded);

      spoil("update outbox_message set start_number = start_number - 10 where position = 1500");
      assertThat(shell.run("verify").exited(1).out())
          .contains("space: order broken", "position 1,499 ", "position 1,500 ");
    }
  }

  private static String status(Shell shell, int run) throws Exception {
    return shell
        .run("runs", "--json")
        .exited(0)
        .json()
        .path("runs")
        .path(run)
        .path("status")
        .asString();
  }

  private void spoil(String sql) throws Exception {
    try (Connection connection =
            new FreshDatabase(
                    Database.H2, "jdbc:h2:file:" + folder.resolve("data/stretto"), "sa", "")
                .connect();
        Statement statement = connection.createStatement()) {
      assertThat(statement.executeUpdate(sql)).isEqualTo(1);
    }
  }
}
