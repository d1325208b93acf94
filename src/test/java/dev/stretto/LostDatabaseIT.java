package dev.stretto;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stretto.database.Database;
import dev.stretto.database.DatabaseServer;
import dev.stretto.database.OnEachServer;
import dev.stretto.receiver.Receiver.Arrival;
import dev.stretto.receiver.Receiver.Totals;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

/** Dispatches whose database server is killed. */
@Tag("slow")
@OnEachServer
class LostDatabaseIT {

  private static final int WINDOW = 16;
  private static final int MESSAGES = 2000;

  @Parameter private Database database;
  @TempDir private Path folder;

  @Test
  void aRunThatLosesItsDatabaseIsToBeTriedAgainAndTheNextCarriesOn() throws Exception {
    try (DatabaseServer server = database.startServer(folder);
        ReceiverUnderTest receiver = ReceiverUnderTest.start("--delay", "100");
        Shell shell = new Shell(folder).takenOverSoon().on(server.fresh("lost"))) {
      shell.configureSpace(receiver.url(), "window: " + WINDOW);
      shell.append(1, MESSAGES);
      Shell.Running run = shell.start("dispatch", "--channel", "space");
      receiver.awaitCount(500, run);
      server.kill();
      Shell.Ran lost = run.await().exited(75);
      assertThat(lost.out()).contains("the database was lost; the next run carries on");
      server.restart();
      receiver.answerAtOnce();

      shell.run("dispatch", "--channel", "space").exited(0);

      Totals totals = receiver.totals();
      assertThat(totals.distinct()).isEqualTo(MESSAGES);
      assertThat(totals.duplicates()).isLessThanOrEqualTo(WINDOW);
      assertThat(receiver.arrivals()).extracting(Arrival::fence).isSorted();
      assertThat(shell.statuses()).isEqualTo(Map.of("DELIVERED", MESSAGES));
    }
  }
}
