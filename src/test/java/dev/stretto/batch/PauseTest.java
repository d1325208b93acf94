package dev.stretto.batch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stretto.batch.RehearsedTransport.Answer;
import dev.stretto.batch.RunResult.Executed;
import dev.stretto.database.Database;
import dev.stretto.database.OnEachDatabase;
import dev.stretto.dispatch.Stop;
import dev.stretto.dispatch.Stop.Reason;
import dev.stretto.lease.Pauses;
import dev.stretto.run.ChannelRun;
import dev.stretto.run.RunOptions;
import dev.stretto.transport.Outcome;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.springframework.batch.core.job.Job;
import org.springframework.batch.core.job.JobExecution;
import org.springframework.batch.core.job.parameters.JobParametersBuilder;
import org.springframework.batch.core.launch.JobOperator;

/** What a pause does to the run that is under way, and to those that come later. */
@OnEachDatabase
class PauseTest {

  @Parameter Database database;
  @TempDir Path folder;

  @Test
  void aRunUnderWayFinishesItsCallsStartsNothingMoreAndIsCarriedOnOnceResumed() throws Exception {
    try (JobFixture fixture = new JobFixture(database, folder, "window=2")) {
      Pauses pauses = new Pauses(fixture.jdbc);
      AtomicReference<ChannelRun> run = new AtomicReference<>();
      CompletableFuture<Void> stopped = new CompletableFuture<>();
      fixture.append(5);
      fixture.transport.script(call -> new Answer(new Outcome.Delivered(), stopped));
      Thread.startVirtualThread(() -> {
        try {
          Awaitility.await().until(() -> fixture.transport.calls().size() == 2);
          assertThat(pauses.pause("space", "ann@host", "their release")).isTrue();
          Awaitility.await().until(() -> run.get().stopped() != null);
          stopped.complete(null);
        } catch (RuntimeException | Error e) {
          stopped.completeExceptionally(e);
          run.get().stop("the test failed");
        }
      });

      Executed paused = fixture.dispatch(RunOptions.NONE, run::set);

      assertThat(stopped).isCompleted();
      assertThat(paused.stop()).extracting(Stop::reason).isEqualTo(Reason.PAUSED);
      assertThat(paused.stop())
          .extracting(Stop::text)
          .asString()
          .endsWith(" by ann@host: their release");
      assertThat(paused.status()).isEqualTo("STOPPED");
      assertThat(fixture.transport.positions()).containsExactly(1L, 2L);
      assertThat(fixture.delivered()).isEqualTo(2);
      assertThat(lastExit(fixture)).isEqualTo("PAUSED");

      assertThat(fixture.launch())
          .isInstanceOf(RunResult.Paused.class)
          .returns(3L, RunResult::remaining);
      assertThat(pauses.resume("space")).isTrue();
      fixture.transport.script(call -> Answer.delivered(Duration.ofMillis(1)));
      assertThat(fixture.dispatch().counts().delivered()).isEqualTo(3);
      assertThat(fixture.statuses()).isEqualTo(Map.of("DELIVERED", 5));
      assertThat(
              fixture.jdbc.queryForObject("select count(*) from BATCH_JOB_INSTANCE", Integer.class))
          .as("job instances: the next run carried on")
          .isEqualTo(1);
    }
  }

  @Test
  void anotherLaunchersRunObeysToo() throws Exception {
    try (JobFixture fixture = new JobFixture(database, folder)) {
      new Pauses(fixture.jdbc).pause("space", "ann@host", null);
      fixture.append(1);

      JobExecution execution =
          fixture
              .context
              .getBean(JobOperator.class)
              .start(
                  fixture.context.getBean(Job.class),
                  new JobParametersBuilder()
                      .addString("channel", "space")
                      .addLong("launch", 1L)
                      .toJobParameters());

      assertThat(execution.getExitStatus().getExitCode()).isEqualTo("PAUSED");
      assertThat(execution.getExitStatus().getExitDescription()).contains("by ann@host");
      assertThat(fixture.transport.calls()).isEmpty();
      assertThat(fixture.statuses()).isEqualTo(Map.of("PENDING", 1));
    }
  }

  private static String lastExit(JobFixture fixture) {
    return fixture
        .jdbc
        .queryForList(
            "select exit_code from BATCH_JOB_EXECUTION order by job_execution_id desc",
            String.class)
        .getFirst();
  }
}
