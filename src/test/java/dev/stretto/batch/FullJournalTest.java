package dev.stretto.batch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stretto.batch.RehearsedTransport.Answer;
import dev.stretto.batch.RunResult.Executed;
import dev.stretto.database.Database;
import dev.stretto.database.OnEachServer;
import dev.stretto.run.ChannelOpener;
import dev.stretto.run.OpenChannel;
import dev.stretto.run.RunOptions;
import dev.stretto.transport.Outcome;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
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

  @Test
  void aLockedRowKeepsNoOtherChannelsRowsFromFollowingAndTheNextRunHasItsOwnFollow()
      throws Exception {
    int each = 20;
    try (JobFixture fixture =
        new JobFixture(
            database,
            folder,
            "stretto.limits.lock=2s",
            "stretto.channels.other.transport=rehearsed")) {
      fixture.append(each);
      fixture.jdbc.update(
          "insert into outbox_message (channel, payload) select 'other', '1' from "
              + database.numbers(each));
      AtomicInteger calls = new AtomicInteger();
      CompletableFuture<Void> together = new CompletableFuture<>();
      fixture.transport.script(call -> {
        if (calls.incrementAndGet() == 2 * each) {
          together.completeAsync(() -> null);
        }
        return new Answer(new Outcome.Delivered(), together);
      });
      FutureTask<Executed> locked = new FutureTask<>(fixture::dispatch);
      FutureTask<RunResult> other = new FutureTask<>(() -> launch(fixture, "other"));
      try (Connection somebody = fixture.connect();
          Statement statement = somebody.createStatement()) {
        somebody.setAutoCommit(false);
        statement.execute(
            "select id from outbox_message where channel = 'space' order by id limit 1 for update");

        Thread.startVirtualThread(locked);
        Thread.startVirtualThread(other);

        assertThat(other.get(1, TimeUnit.MINUTES))
            .isInstanceOfSatisfying(
                Executed.class, result -> assertThat(result.status()).isEqualTo("COMPLETED"));
        assertThat(locked.get(1, TimeUnit.MINUTES).counts().delivered()).isEqualTo(each);
        somebody.rollback();
      }
      assertThat(fixture.journaled()).as("what is left to follow").isBetween(1, each);

      fixture.append(1);
      fixture.dispatch();

      assertThat(calls).as("nothing is sent again").hasValue(2 * each + 1);
      assertThat(fixture.statuses()).isEqualTo(Map.of("DELIVERED", 2 * each + 1));
    }
  }

  private static RunResult launch(JobFixture fixture, String channel) throws Exception {
    try (OpenChannel open =
        fixture.context.getBean(ChannelOpener.class).open(channel, RunOptions.NONE)) {
      return fixture.context.getBean(RunLauncher.class).dispatch(open, RunOptions.NONE, run -> {});
    }
  }
}
