package dev.stretto.batch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stretto.batch.RehearsedTransport.Answer;
import dev.stretto.batch.RunResult.Executed;
import dev.stretto.database.Database;
import dev.stretto.database.OnEachServer;
import dev.stretto.transport.Outcome;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

/** A database that falls behind with the messages' rows. */
@OnEachServer
class FullJournalTest {

  private static final int MESSAGES = 14_000;

  /** When the run waits; the commit before that may have added as much as the window. */
  private static final int FULL = 10_000;

  private static final int WINDOW = 256;

  @Parameter private Database database;
  @TempDir private Path folder;

  @Test
  void theRunWaitsUntilTheRowsFollow() throws Exception {
    try (JobFixture fixture =
        new JobFixture(database, folder, "window=" + WINDOW, "stretto.limits.lock=1m")) {
      fixture.append(MESSAGES);
      CompletableFuture<Void> atOnce = CompletableFuture.completedFuture(null);
      fixture.transport.script(call -> new Answer(new Outcome.Delivered(), atOnce));
      FutureTask<Executed> run = new FutureTask<>(fixture::dispatch);
      try (Connection other = fixture.connect();
          Statement statement = other.createStatement()) {
        other.setAutoCommit(false);
        // not among the first, whose rows show that they are claimed where the start takes long
        statement.execute(
            "select id from outbox_message order by id limit 1 offset 1000 for update");

        Thread.startVirtualThread(run);
        Awaitility.await().until(() -> fixture.journaled() > FULL);

        // As long as the rows don't follow; a run that did not wait would be far on by then.
        Awaitility.await()
            .during(Duration.ofMillis(500))
            .until(() -> fixture.journaled() <= FULL + WINDOW);
        other.rollback();
      }
      assertThat(run.get(1, TimeUnit.MINUTES).counts().delivered()).isEqualTo(MESSAGES);
      assertThat(fixture.statuses()).isEqualTo(Map.of("DELIVERED", MESSAGES));
    }
  }
}
