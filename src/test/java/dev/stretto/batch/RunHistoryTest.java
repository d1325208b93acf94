package dev.stretto.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stretto.batch.RehearsedTransport.Answer;
import dev.stretto.batch.RunResult.Executed;
import dev.stretto.database.Database;
import dev.stretto.database.OnEachDatabase;
import dev.stretto.dispatch.Stop;
import dev.stretto.run.ChannelRun;
import dev.stretto.run.RunOptions;
import dev.stretto.transport.Outcome;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.TimeZone;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.Parameter;

@OnEachDatabase
@Isolated("changes the time zone")
class RunHistoryTest {

  @Parameter Database database;
  @TempDir Path folder;

  @Test
  void aRunThatIsAskedToStopFinishesWhatIsUnderWayAndTheNextCarriesOn() throws Exception {
    try (JobFixture fixture = new JobFixture(database, folder, "window=4")) {
      RunHistory runs = fixture.context.getBean(RunHistory.class);
      fixture.append(100);
      CompletableFuture<RunSummary> asked = new CompletableFuture<>();
      CompletableFuture<Void> answers = new CompletableFuture<>();
      fixture.transport.script(call -> {
        if (call.message().position() == 4) {
          asked.completeAsync(() -> stop(runs, 1));
        }
        return new Answer(new Outcome.Delivered(), answers);
      });

      Executed first =
          fixture.dispatch(
              RunOptions.NONE, run -> Thread.ofVirtual().start(() -> answer(run, answers)));

      assertThat(asked.join().status()).isEqualTo("STARTED");
      assertThat(first.status()).isEqualTo("STOPPED");
      assertThat(first.stop()).extracting(Stop::reason).isEqualTo(Stop.Reason.ASKED);
      assertThat(fixture.statuses()).isEqualTo(Map.of("DELIVERED", 4, "PENDING", 96));
      fixture.transport.script(call -> Answer.delivered(Duration.ofMillis(1)));
      assertThat(fixture.dispatch().status()).isEqualTo("COMPLETED");
      assertThat(fixture.transport.positions()).isSorted().hasSize(100);
      assertThat(runs.latest(null, 10))
          .extracting(run -> run.run() + " " + run.instance() + " " + run.status())
          .containsExactly("2 1 COMPLETED", "1 1 STOPPED");
      assertThat(runs.latest("space", 1)).extracting(RunSummary::delivered).containsExactly(96L);
      assertThat(runs.latest("elsewhere", 1)).isEmpty();
    }
  }

  @Test
  void timesAreInstantsWhateverTheZonesOfWhoRanAndWhoLooks() throws Exception {
    TimeZone before = TimeZone.getDefault();
    try (JobFixture fixture = new JobFixture(database, folder)) {
      RunHistory runs = fixture.context.getBean(RunHistory.class);
      fixture.append(1);
      Instant begin = Instant.now().minusSeconds(1);
      TimeZone.setDefault(TimeZone.getTimeZone("Asia/Kathmandu"));
      fixture.dispatch();
      Instant end = Instant.now().plusSeconds(1);
      TimeZone.setDefault(TimeZone.getTimeZone("America/St_Johns"));

      RunSummary run = runs.latest(null, 1).getFirst();

      assertThat(run.started()).isBetween(begin, end);
      assertThat(run.ended()).isBetween(begin, end);
    } finally {
      TimeZone.setDefault(before);
    }
  }

  @Test
  void aDeadRunsEndIsAnInstantToo() throws Exception {
    TimeZone before = TimeZone.getDefault();
    try (JobFixture fixture = new JobFixture(database, folder)) {
      RunHistory runs = fixture.context.getBean(RunHistory.class);
      fixture.append(1);
      TimeZone.setDefault(TimeZone.getTimeZone("Asia/Kathmandu"));
      fixture.dispatch();
      fixture.jdbc.update("update BATCH_JOB_EXECUTION set status = 'STARTED', end_time = null");
      TimeZone.setDefault(TimeZone.getTimeZone("America/St_Johns"));
      Instant begin = Instant.now().minusSeconds(1);
      fixture.dispatch();
      Instant end = Instant.now().plusSeconds(1);

      assertThat(runs.latest(null, 9)).last().extracting(RunSummary::ended).isNotNull();
      assertThat(runs.latest(null, 9).getLast().ended()).isBetween(begin, end);
    } finally {
      TimeZone.setDefault(before);
    }
  }

  @Test
  void aRunThatDoesNotRunCanNotBeStopped() throws Exception {
    try (JobFixture fixture = new JobFixture(database, folder)) {
      RunHistory runs = fixture.context.getBean(RunHistory.class);
      fixture.append(1);
      fixture.dispatch();

      assertThatThrownBy(() -> runs.stop(1))
          .isInstanceOf(NotRunningException.class)
          .hasMessageStartingWith("run 1 is not running: it ended as COMPLETED at 20");
      assertThatThrownBy(() -> runs.stop(2)).hasMessageStartingWith("there is no run 2");
    }
  }

  @Test
  void aRunWhoseLeaseIsGoneIsDead() throws Exception {
    try (JobFixture fixture = new JobFixture(database, folder)) {
      RunHistory runs = fixture.context.getBean(RunHistory.class);
      fixture.append(1);
      fixture.dispatch();
      fixture.jdbc.update("update BATCH_JOB_EXECUTION set status = 'STARTED', end_time = null");

      assertThat(runs.latest(null, 1)).extracting(RunSummary::status).containsExactly("DEAD");
      assertThatThrownBy(() -> runs.stop(1))
          .hasMessage("run 1 is not running: it died, and the next dispatch of space carries on");
      fixture.jdbc.update(
          "update channel_lease set owner = 'another', run = 2,"
              + " expires_at = current_timestamp + interval '1' minute");
      assertThat(runs.latest(null, 1)).extracting(RunSummary::status).containsExactly("DEAD");
      fixture.jdbc.update("update channel_lease set run = 1");
      assertThat(runs.latest(null, 1)).extracting(RunSummary::status).containsExactly("STARTED");
    }
  }

  @Test
  void wordForAnEarlierRunStopsNoLaterOne() throws Exception {
    try (JobFixture fixture = new JobFixture(database, folder)) {
      fixture.append(1);
      fixture.dispatch();
      fixture.jdbc.update("update channel_lease set stop_run = 1");
      fixture.append(10);
      fixture.transport.script(call -> Answer.delivered(Duration.ofMillis(1200)));

      Executed second = fixture.dispatch();

      assertThat(second.status()).isEqualTo("COMPLETED");
      assertThat(fixture.statuses()).isEqualTo(Map.of("DELIVERED", 11));
    }
  }

  /** Answers once the run starts nothing more. */
  private static void answer(ChannelRun run, CompletableFuture<Void> answers) {
    while (run.stopped() == null) {
      Thread.onSpinWait();
    }
    answers.complete(null);
  }

  private static RunSummary stop(RunHistory runs, long run) {
    try {
      return runs.stop(run);
    } catch (java.sql.SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
