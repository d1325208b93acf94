package dev.stretto.batch;

import static java.util.stream.LongStream.rangeClosed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.stretto.batch.RehearsedTransport.Answer;
import dev.stretto.batch.RunResult.Executed;
import dev.stretto.batch.RunResult.GateClosed;
import dev.stretto.database.Database;
import dev.stretto.database.OnEachDatabase;
import dev.stretto.dispatch.Stop;
import dev.stretto.message.Message;
import dev.stretto.outbox.ChannelTable;
import dev.stretto.outbox.Claims;
import dev.stretto.run.ChannelRun;
import dev.stretto.run.RunOptions;
import dev.stretto.transport.Call;
import dev.stretto.transport.Outcome;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.springframework.batch.core.BatchStatus;
import org.springframework.batch.core.job.Job;
import org.springframework.batch.core.job.JobExecution;
import org.springframework.batch.core.job.parameters.JobParametersBuilder;
import org.springframework.batch.core.launch.JobOperator;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.batch.test.JobOperatorTestUtils;

@OnEachDatabase
class DispatchJobTest {

  @Parameter Database database;
  @TempDir Path folder;

  @Test
  void startsEveryMessageInPositionOrderWhileCallsOverlap() throws Exception {
    try (JobFixture fixture = new JobFixture(database, folder, "window=16")) {
      fixture.append(2000);
      fixture.transport.script(
          call -> Answer.delivered(Duration.ofMillis(position(call) % 50 == 0 ? 60 : 3)));

      Executed result = fixture.dispatch();

      assertThat(fixture.transport.positions())
          .containsExactlyElementsOf(rangeClosed(1, 2000).boxed().toList());
      assertThat(fixture.transport.calls()).extracting(call -> call.message().id()).isSorted();
      assertThat(fixture.transport.mostUnderWay()).isEqualTo(16);
      assertThat(result.status()).isEqualTo("COMPLETED");
      assertThat(result.counts().delivered()).isEqualTo(2000);
      assertThat(fixture.statuses()).isEqualTo(Map.of("DELIVERED", 2000));
    }
  }

  @Test
  void aSlowAnswerHoldsUpNoChunk() throws Exception {
    try (JobFixture fixture = new JobFixture(database, folder, "window=16")) {
      fixture.append(1000);
      // so large that a chunk ends because of them
      fixture.jdbc.update("update outbox_message set payload = repeat('1', 10000)");
      CompletableFuture<Void> lastStarted = new CompletableFuture<>();
      fixture.transport.script(call -> {
        if (position(call) == 1000) {
          lastStarted.complete(null);
        }
        return position(call) == 1
            ? new Answer(new Outcome.Delivered(), lastStarted)
            : Answer.delivered(Duration.ofMillis(1));
      });

      Executed result = fixture.dispatch();

      assertThat(result.counts().delivered())
          .as("the first is answered when the last starts")
          .isEqualTo(1000);
      assertThat(count(fixture, "select read_count from BATCH_STEP_EXECUTION")).isEqualTo(1000);
      assertThat(count(fixture, "select write_count from BATCH_STEP_EXECUTION")).isEqualTo(1000);
      assertThat(count(fixture, "select commit_count from BATCH_STEP_EXECUTION"))
          .as("at least one for each window, at most two for each message")
          .isBetween(1000 / 16, 2000);
    }
  }

  @Test
  @Tag("slow")
  void theJobRepositoryTellsHowFarAStepIsWhileCallsAreUnderWay() throws Exception {
    try (JobFixture fixture = new JobFixture(database, folder, "window=4")) {
      fixture.append(3);
      CompletableFuture<Void> told = new CompletableFuture<>();
      fixture.transport.script(call ->
          position(call) == 2
              ? new Answer(new Outcome.Delivered(), told)
              : Answer.delivered(Duration.ofMillis(1)));
      Thread.startVirtualThread(() -> {
        try {
          Awaitility.await()
              .until(() ->
                  count(
                          fixture,
                          "select count(*) from BATCH_STEP_EXECUTION"
                              + " where read_count = 3 and write_count = 2 and commit_count > 0")
                      == 1);
          told.complete(null);
        } catch (RuntimeException e) {
          told.completeExceptionally(e);
        }
      });

      assertThat(fixture.dispatch().counts().delivered()).isEqualTo(3);

      assertThat(told).isCompleted();
    }
  }

  @Test
  void whatStartsIsClaimedDurablyAndHoldsNothingInTheDatabase() throws Exception {
    try (JobFixture fixture = new JobFixture(database, folder, "window=4")) {
      fixture.append(40);
      AtomicReference<String> seen = new AtomicReference<>("");
      fixture.transport.script(call -> {
        List<Claims.Claim> claimed = new ChannelTable(fixture.jdbc).state("space").claims().each();
        Message message = call.message();
        if (!claimed.contains(new Claims.Claim(message.position(), message.id()))
            || claimed.size() > 4) {
          seen.set(call + " starts with these claimed: " + claimed);
        }
        return Answer.delivered(Duration.ofMillis(5));
      });

      fixture.dispatch();

      assertThat(seen.get()).isEmpty();
    }
  }

  @Test
  void aCallThatTakesLongIsSeenInItsRow() throws Exception {
    try (JobFixture fixture = new JobFixture(database, folder, "window=4")) {
      fixture.append(6);
      CompletableFuture<Void> answer = new CompletableFuture<>();
      fixture.transport.script(call -> new Answer(new Outcome.Delivered(), answer));
      CompletableFuture<Void> seen =
          CompletableFuture.runAsync(() -> {
            Awaitility.await()
                .until(() -> fixture.statuses().equals(Map.of("IN_FLIGHT", 4, "PENDING", 2)));
            answer.complete(null);
          });

      Executed result = fixture.dispatch();

      assertThat(seen).isCompleted();
      assertThat(result.counts().delivered()).isEqualTo(6);
    }
  }

  @Test
  void noTransactionIsOpenWhileACallIsUnderWay() throws Exception {
    try (JobFixture fixture = new JobFixture(database, folder, "window=4")) {
      fixture.append(4);
      CompletableFuture<Void> answer = new CompletableFuture<>();
      fixture.transport.script(call -> new Answer(new Outcome.Delivered(), answer));
      CompletableFuture<Integer> locked =
          CompletableFuture.supplyAsync(() -> {
            Awaitility.await().until(() -> fixture.statuses().equals(Map.of("IN_FLIGHT", 4)));
            // What is just being recorded is committed in a moment; what is held across a call is
            // not.
            Awaitility.await().until(() -> count(fixture, database.openTransactions()) == 0);
            int free =
                fixture.jdbc.update(
                    "update outbox_message set last_error = 'touched' where status ="
                        + " 'IN_FLIGHT'");
            answer.complete(null);
            return free;
          });

      fixture.dispatch();

      assertThat(locked.get()).as("rows free to change").isEqualTo(4);
    }
  }

  @Test
  void aRowThatIsCommittedLateWithALowerIdIsSent() throws Exception {
    try (JobFixture fixture = new JobFixture(database, folder, "window=4");
        Connection late = fixture.context.getBean(DataSource.class).getConnection()) {
      late.setAutoCommit(false);
      late.createStatement()
          .execute("insert into outbox_message (channel, payload) values ('space', '\"late\"')");
      fixture.append(100);
      fixture.transport.script(call -> {
        if (position(call) == 50) {
          commit(late);
        }
        return Answer.delivered(Duration.ofMillis(2));
      });

      fixture.dispatch();

      assertThat(fixture.statuses()).isEqualTo(Map.of("DELIVERED", 101));
      assertThat(fixture.transport.positions())
          .containsExactlyElementsOf(rangeClosed(1, 101).boxed().toList());
      assertThat(
              fixture.jdbc.queryForObject(
                  "select position from outbox_message where payload = '\"late\"'", Integer.class))
          .as("a place behind those that had one")
          .isGreaterThan(50);
    }
  }

  @Test
  void whatIsAppendedMeanwhileIsSentByTheSameRun() throws Exception {
    try (JobFixture fixture = new JobFixture(database, folder, "window=4")) {
      fixture.append(5);
      fixture.transport.script(call -> {
        if (position(call) == 5) {
          fixture.append(500);
        }
        return Answer.delivered(Duration.ofMillis(1));
      });

      assertThat(fixture.dispatch().counts().delivered()).isEqualTo(505);
    }
  }

  @Test
  void failuresAreRetriedAndParkedAndTheRestIsDelivered() throws Exception {
    try (JobFixture fixture = new JobFixture(database, folder, "window=8", "retry.attempts=3")) {
      fixture.append(50);
      fixture.transport.script(call -> {
        if (position(call) == 10) {
          return Answer.soon(new Outcome.Rejected(Outcome.Refused.MESSAGE, "HTTP 422"));
        }
        boolean fails = position(call) == 20 || (position(call) == 30 && call.attempt() == 1);
        return Answer.soon(
            fails
                ? new Outcome.RetryLater(Outcome.Fault.FAILED, "HTTP 500", null)
                : new Outcome.Delivered());
      });

      Executed result = fixture.dispatch();

      assertThat(result.counts().parked()).isEqualTo(2);
      assertThat(result.counts().delivered()).isEqualTo(48);
      assertThat(result.counts().retried()).isEqualTo(3);
      assertThat(
              fixture.jdbc.queryForList(
                  "select position, attempts, last_error from outbox_message"
                      + " where status = 'PARKED' or attempts > 1 order by position"))
          .extracting(row -> row.values().toString())
          .containsExactly("[10, 1, HTTP 422]", "[20, 3, HTTP 500]", "[30, 2, null]");
    }
  }

  @Test
  void aRunThatFindsNothingLeavesNoTrace() throws Exception {
    try (JobFixture fixture = new JobFixture(database, folder)) {
      assertThat(fixture.launch()).isInstanceOf(RunResult.NothingToDo.class);
      assertThat(count(fixture, "select count(*) from BATCH_JOB_INSTANCE")).isZero();
    }
  }

  @Test
  void aLimitLeavesTheRestForTheNextRun() throws Exception {
    try (JobFixture fixture = new JobFixture(database, folder, "window=4")) {
      fixture.append(10);

      Executed first = fixture.dispatch(new RunOptions(7L, null, null, null, null), run -> {});
      Executed second = fixture.dispatch();

      assertThat(first.status()).isEqualTo("COMPLETED");
      assertThat(List.of(first.counts().delivered(), first.remaining())).containsExactly(7L, 3L);
      assertThat(second.counts().delivered()).isEqualTo(3);
      assertThat(fixture.transport.positions())
          .containsExactlyElementsOf(rangeClosed(1, 10).boxed().toList());
    }
  }

  @Test
  void aStoppedRunIsRestartedByTheNext() throws Exception {
    try (JobFixture fixture = new JobFixture(database, folder, "window=4")) {
      fixture.append(100);
      AtomicReference<ChannelRun> running = new AtomicReference<>();
      fixture.transport.script(call -> {
        if (position(call) == 50) {
          running.get().stop("the test said so");
        }
        return Answer.delivered(Duration.ofMillis(5));
      });

      Executed first = fixture.dispatch(RunOptions.NONE, running::set);
      assertThat(first.status()).isEqualTo("STOPPED");
      assertThat(fixture.statuses()).isEqualTo(Map.of("DELIVERED", 50, "PENDING", 50));

      Executed second = fixture.dispatch();
      assertThat(second.status()).isEqualTo("COMPLETED");
      assertThat(fixture.transport.positions())
          .as("each once, in order")
          .containsExactlyElementsOf(rangeClosed(1, 100).boxed().toList());
      assertThat(count(fixture, "select count(*) from BATCH_JOB_INSTANCE")).isEqualTo(1);
      assertThat(count(fixture, "select count(*) from BATCH_JOB_EXECUTION")).isEqualTo(2);
    }
  }

  @Test
  void aRunThatIsFencedOffStartsAndRecordsNothingMore() throws Exception {
    try (JobFixture fixture = new JobFixture(database, folder, "window=4")) {
      fixture.append(1000);
      AtomicInteger atTakeOver = new AtomicInteger();
      fixture.transport.script(call -> {
        if (position(call) == 100) {
          fixture.jdbc.update("update outbox_channel set fence = fence + 1");
          atTakeOver.set(fixture.delivered());
        }
        return Answer.delivered(Duration.ofMillis(1));
      });

      Executed result = fixture.dispatch();

      assertThat(result.status()).isEqualTo("FAILED");
      assertThat(result.stop()).extracting(Stop::reason).isEqualTo(Stop.Reason.LEASE_LOST);
      assertThat(fixture.statuses())
          .isEqualTo(Map.of("DELIVERED", atTakeOver.get(), "PENDING", 1000 - atTakeOver.get()));
      assertThat(fixture.transport.calls().size())
          .as("no more than were claimed by then")
          .isLessThanOrEqualTo(104);
    }
  }

  @Test
  void aPauseThatTheDestinationAskedForIsKeptByLaterRunsWithoutACallOrATrace() throws Exception {
    try (JobFixture fixture = new JobFixture(database, folder, "window=4")) {
      fixture.append(10);
      Outcome busy =
          new Outcome.RetryLater(Outcome.Fault.UNAVAILABLE, "HTTP 429", Duration.ofHours(24));
      fixture.transport.script(call -> Answer.soon(busy));
      Executed first = fixture.dispatch();
      assertThat(first.status()).isEqualTo("STOPPED");
      assertThat(fixture.statuses()).isEqualTo(Map.of("PENDING", 10));
      int calls = fixture.transport.calls().size();
      fixture.transport.script(call -> Answer.delivered(Duration.ofMillis(1)));

      GateClosed second = assertInstanceOf(GateClosed.class, fixture.launch());

      assertThat(second.remaining()).isEqualTo(10);
      assertThat(second.stop()).extracting(Stop::reason).isEqualTo(Stop.Reason.UNAVAILABLE);
      assertThat(second.stop()).extracting(Stop::text).asString().contains(": HTTP 429");
      assertThat(fixture.transport.calls()).hasSize(calls);
      assertThat(count(fixture, "select count(*) from BATCH_JOB_EXECUTION")).isEqualTo(1);

      fixture.jdbc.update("update outbox_channel set gate_closed_until = current_timestamp");

      assertThat(fixture.dispatch().status()).isEqualTo("COMPLETED");
      assertThat(fixture.statuses()).isEqualTo(Map.of("DELIVERED", 10));
      assertThat(count(fixture, "select max(attempts) from outbox_message")).isEqualTo(1);
      assertThat(count(fixture, "select count(*) from BATCH_JOB_INSTANCE")).isEqualTo(1);
    }
  }

  @Test
  void aRunThatCanNotTakeTheChannelOverFails() throws Exception {
    try (JobFixture fixture = new JobFixture(database, folder)) {
      fixture.append(1);
      fixture.jdbc.update(
          "alter table outbox_run add constraint nobody check (ordering <> 'START')");

      Executed result = fixture.dispatch();

      assertThat(result.status()).isEqualTo("FAILED");
      assertThat(result.stop()).as("nobody stopped it").isNull();
      assertThat(result.failure()).containsIgnoringCase("outbox_run");
      assertThat(fixture.statuses()).isEqualTo(Map.of("PENDING", 1));
    }
  }

  @Test
  void anyLauncherRunsTheJobThatGivesItTheParameters() throws Exception {
    try (JobFixture fixture = new JobFixture(database, folder, "window=4")) {
      fixture.append(20);
      JobOperatorTestUtils launcher =
          new JobOperatorTestUtils(
              fixture.context.getBean(JobOperator.class),
              fixture.context.getBean(JobRepository.class));
      launcher.setJob(fixture.context.getBean("dispatch", Job.class));

      JobExecution execution =
          launcher.startJob(
              new JobParametersBuilder()
                  .addString("channel", "space")
                  .addString("launch", "by hand")
                  .toJobParameters());

      assertThat(execution.getStatus()).isEqualTo(BatchStatus.COMPLETED);
      assertThat(fixture.statuses()).isEqualTo(Map.of("DELIVERED", 20));
      assertThat(count(fixture, "select count(*) from channel_lease where owner is not null"))
          .as("leases still held")
          .isZero();
    }
  }

  @Test
  void anExecutionWhoseFateIsUnknownIsRestartedToo() throws Exception {
    try (JobFixture fixture = new JobFixture(database, folder, "window=4")) {
      fixture.append(10);
      fixture.dispatch(new RunOptions(5L, null, null, null, null), run -> {});
      fixture.jdbc.update("update BATCH_JOB_EXECUTION set status = 'UNKNOWN'");
      fixture.jdbc.update("update BATCH_STEP_EXECUTION set status = 'UNKNOWN'");

      Executed result = fixture.dispatch();

      assertThat(result.status()).isEqualTo("COMPLETED");
      assertThat(count(fixture, "select count(*) from BATCH_JOB_INSTANCE")).isEqualTo(1);
      assertThat(fixture.statuses()).isEqualTo(Map.of("DELIVERED", 10));
    }
  }

  private static long position(Call call) {
    return call.message().position();
  }

  private static void commit(Connection connection) {
    try {
      connection.commit();
    } catch (java.sql.SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static int count(JobFixture fixture, String sql) {
    Integer count = fixture.jdbc.queryForObject(sql, Integer.class);
    return count == null ? 0 : count;
  }
}
