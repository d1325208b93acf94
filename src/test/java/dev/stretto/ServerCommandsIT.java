package dev.stretto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.stretto.database.Database;
import dev.stretto.database.OnEachServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import tools.jackson.databind.JsonNode;

/** The commands of the distribution on a database server. */
@OnEachServer
@Tag("slow")
class ServerCommandsIT {

  private static final int MESSAGES = 3000;

  @Parameter private Database database;
  @TempDir private Path folder;

  @Test
  void whatIsAppendedIsSentStoppedShownVerifiedReportedAndPurged() throws Exception {
    try (ReceiverUnderTest receiver =
            ReceiverUnderTest.start("--delay", "200", "--reject", "7,70");
        Shell shell = new Shell(folder).on(database.fresh(folder))) {
      shell.configureSpace(receiver.url(), "window: 8");
      shell.append(1, MESSAGES);
      Shell.Running first = shell.start("dispatch", "--channel", "space", "--json");
      receiver.awaitCount(100, first);

      JsonNode busy = status(shell);
      assertThat(busy.path("inFlight").asInt()).isBetween(1, 8);
      assertThat(busy.path("lease").path("expired").asBoolean(true)).isFalse();
      assertThat(busy.path("oldestPendingSeconds").asDouble()).isBetween(0.0, 300.0);
      assertThat(shell.run("dispatch", "--channel", "space").exitCode()).isEqualTo(75);
      shell.run("stop", "1").exited(0);
      assertThat(first.await().exited(75).json().path("status").asString()).isEqualTo("STOPPED");

      receiver.answerAtOnce();
      JsonNode second = shell.run("dispatch", "--channel", "space", "--json").exited(0).json();
      assertThat(second.path("remaining").asInt(-1)).isZero();
      assertThat(shell.statuses()).isEqualTo(Map.of("DELIVERED", MESSAGES - 2, "PARKED", 2));
      assertThat(receiver.totals().distinct()).isEqualTo(MESSAGES);
      assertThat(shell.executions())
          .extracting(Shell.Execution::instance, Shell.Execution::status)
          .containsExactly(tuple(1L, "STOPPED"), tuple(1L, "COMPLETED"));
      assertThat(shell.run("runs").exited(0).out().lines()).hasSize(3);
      assertThat(shell.run("verify").exited(0).out())
          .contains("space: 3,000 first starts kept their order");
      Path page = folder.resolve("run.html");
      shell.run("report", "2", "--out", page.toString()).exited(0);
      assertThat(Files.readString(page)).contains("Run 2 on space");
      shell.run("parked", "discard", "--all", "--channel", "space").exited(0);
      JsonNode purged = shell.run("purge", "--older-than", "1d", "--json").exited(0).json();
      assertThat(purged.path("purged").asInt(-1)).isZero();
      JsonNode idle = status(shell);
      assertThat(idle.path("delivered").asInt()).isEqualTo(MESSAGES - 2);
      assertThat(idle.path("discarded").asInt()).isEqualTo(2);
    }
  }

  private static JsonNode status(Shell shell) throws Exception {
    return shell
        .run("status", "--channel", "space", "--json")
        .exited(0)
        .json()
        .path("channels")
        .path(0);
  }
}
