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
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
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

  /** Messages of each of several channels. */
  private static final int EACH = 20;

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
    try (JobFixture fixture =
        new JobFixture(
            database,
            folder,
            "stretto.limits.lock=2s",
            "stretto.channels.first.transport=rehearsed",
            "stretto.channels.other.transport=rehearsed")) {
      for (String channel : List.of("first", JobFixture.CHANNEL, "other")) {
        fixture.jdbc.update(
            "insert into outbox_message (channel, payload) select ?, '1' from "
                + database.numbers(EACH),
            channel);
      }
      CompletableFuture<Void> atOnce = CompletableFuture.completedFuture(null);
      fixture.transport.script(call -> new Answer(new Outcome.Delivered(), atOnce));
      FutureTask<RunResult> first = new FutureTask<>(() -> launch(fixture, "first"));
      FutureTask<RunResult> locked = new FutureTask<>(fixture::launch);
      FutureTask<RunResult> other = new FutureTask<>(() -> launch(fixture, "other"));
      try (Connection soon = fixture.connect();
          Connection later = fixture.connect()) {
        lock(fixture, soon, "first");
        lock(fixture, later, JobFixture.CHANNEL);

        Thread.startVirtualThread(first);
        Awaitility.await().until(() -> fixture.journaled() > 0);
        // Behind what waits for that row these two are applied together.
        Thread.startVirtualThread(locked);
        Thread.startVirtualThread(other);
        Awaitility.await().until(() -> journaled(fixture).size() == 3);
        soon.rollback();

        other.get(1, TimeUnit.MINUTES);
        locked.get(1, TimeUnit.MINUTES);
        later.rollback();
      }
      assertThat(journaled(fixture)).contains(JobFixture.CHANNEL).doesNotContain("other");

      first.get(1, TimeUnit.MINUTES);
      fixture.append(1);
      fixture.dispatch();

      assertThat(fixture.transport.calls()).as("nothing is sent again").hasSize(3 * EACH + 1);
      assertThat(journaled(fixture)).doesNotContain(JobFixture.CHANNEL, "other");
    }
  }

  /** Locks one row, by its id: MariaDB locks all rows that it looks at on the way to it. */
  private static void lock(JobFixture fixture, Connection connection, String channel)
      throws SQLException {
    Long id =
        fixture.jdbc.queryForObject(
            "select max(id) from outbox_message where channel = ?", Long.class, channel);
    connection.setAutoCommit(false);
    try (Statement statement = connection.createStatement()) {
      statement.execute("select id from outbox_message where id = " + id + " for update");
    }
  }

  private static Set<String> journaled(JobFixture fixture) {
    return Set.copyOf(
        fixture.jdbc.queryForList("select distinct channel from outbox_journal", String.class));
  }

  private static RunResult launch(JobFixture fixture, String channel) throws Exception {
    try (OpenChannel open =
        fixture.context.getBean(ChannelOpener.class).open(channel, RunOptions.NONE)) {
      return fixture.context.getBean(RunLauncher.class).dispatch(open, RunOptions.NONE, run -> {});
    }
  }
}
