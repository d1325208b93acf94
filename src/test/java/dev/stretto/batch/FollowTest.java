package dev.stretto.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.stretto.batch.RehearsedTransport.Answer;
import dev.stretto.batch.RunResult.Executed;
import dev.stretto.database.Database;
import dev.stretto.database.OnEachDatabase;
import dev.stretto.follow.Arrivals;
import dev.stretto.follow.Listening;
import dev.stretto.follow.Places;
import dev.stretto.follow.Places.Place;
import dev.stretto.run.ChannelOpener;
import dev.stretto.run.ChannelRun;
import dev.stretto.run.Following;
import dev.stretto.run.OpenChannel;
import dev.stretto.run.RunOptions;
import dev.stretto.transport.Outcome;
import dev.stretto.transport.Outcome.Fault;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

/** Runs that stay once everything is sent. */
@OnEachDatabase
class FollowTest {

  @Parameter Database database;
  @TempDir Path folder;

  @Test
  void whatArrivesIsSentInOneExecutionAlsoWhereItIsCommittedLate() throws Exception {
    sendsWhatArrives("start");
  }

  @Test
  @Tag("slow")
  void theSameInKeyOrder() throws Exception {
    sendsWhatArrives("key");
  }

  private void sendsWhatArrives(String ordering) throws Exception {
    Places places = new Places(1, System::nanoTime);
    try (JobFixture fixture = new JobFixture(database, folder, "window=4", "ordering=" + ordering);
        Followed followed = new Followed(fixture, places.place());
        Connection late = fixture.connect();
        Statement statement = late.createStatement()) {
      late.setAutoCommit(false);
      statement.executeUpdate("insert into outbox_message (channel, payload) values ('space', 1)");
      fixture.append(5);
      awaitCalls(fixture, 5);
      awaitWaiting(places);
      fixture.append(3);
      awaitCalls(fixture, 8);
      awaitWaiting(places);

      late.commit();

      awaitCalls(fixture, 9);
      await().until(() -> fixture.statuses().equals(Map.of("DELIVERED", 9)));
      Executed end = followed.stop();
      assertThat(end.status()).isEqualTo("STOPPED");
      assertThat(end.counts().delivered()).isEqualTo(9);
      assertThat(fixture.transport.positions()).containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L);
    }
  }

  @Test
  @Tag("slow")
  void aDestinationThatIsAwayIsWaitedForBeyondPatience() throws Exception {
    try (JobFixture fixture =
            new JobFixture(
                database,
                folder,
                "unavailable.patience=1ms",
                "unavailable.backoff=5ms",
                "unavailable.max-backoff=5ms");
        Followed followed = new Followed(fixture, new Places(1, System::nanoTime).place())) {
      fixture.transport.script(
          call -> Answer.soon(new Outcome.RetryLater(Fault.UNAVAILABLE, "away", null)));
      fixture.append(2);
      await().until(() -> fixture.transport.calls().size() > 20);
      assertThat(followed.isOver()).isFalse();

      fixture.transport.script(call -> Answer.delivered(Duration.ofMillis(1)));

      await().until(() -> fixture.delivered() == 2);
      assertThat(followed.stop().counts().parked()).isZero();
    }
  }

  @Test
  @Tag("slow")
  void aRunWithNothingToDoLetsOthersHaveItsPlace() throws Exception {
    Places all = new Places(1, System::nanoTime);
    try (JobFixture fixture = new JobFixture(database, folder);
        Followed followed = new Followed(fixture, all.place())) {
      fixture.append(1);
      awaitCalls(fixture, 1);
      Place other = all.place();
      await().until(other::tryTake);

      fixture.append(1);
      await().until(other::wanted);
      assertThat(fixture.transport.calls()).hasSize(1);
      other.giveBack();

      awaitCalls(fixture, 2);
      assertThat(followed.stop().counts().delivered()).isEqualTo(2);
    }
  }

  /** Until the run has looked at everything and given its place back. */
  private static void awaitWaiting(Places places) {
    Place place = places.place();
    await().until(place::tryTake);
    place.giveBack();
  }

  private static void awaitCalls(JobFixture fixture, int calls) {
    await()
        .pollInterval(Duration.ofMillis(5))
        .until(() -> fixture.transport.calls().size() == calls);
  }

  /** A run that stays, on a thread of its own. */
  private static final class Followed implements AutoCloseable {

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final CompletableFuture<ChannelRun> running = new CompletableFuture<>();
    private final Future<RunResult> run;

    Followed(JobFixture fixture, Place place) {
      Arrivals arrivals = fixture.context.getBean(Arrivals.class);
      fixture.context.getBean(Listening.class).start();
      place.take();
      run =
          threads.submit(() -> {
            try (OpenChannel channel =
                fixture
                    .context
                    .getBean(ChannelOpener.class)
                    .open(JobFixture.CHANNEL, RunOptions.NONE)) {
              return fixture
                  .context
                  .getBean(RunLauncher.class)
                  .dispatch(
                      channel, RunOptions.NONE, new Following(arrivals, place), running::complete);
            } finally {
              place.giveBack();
            }
          });
    }

    boolean isOver() {
      return run.isDone();
    }

    Executed stop() throws Exception {
      running.join().stop("the test asks");
      return (Executed) run.get();
    }

    @Override
    public void close() throws Exception {
      if (!isOver()) {
        var _ = stop();
      }
      threads.close();
    }
  }
}
