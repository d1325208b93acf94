package dev.stretto.batch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stretto.database.Database;
import dev.stretto.database.OnEachDatabase;
import dev.stretto.dispatch.Clocks;
import dev.stretto.lease.Lease;
import dev.stretto.lease.Leases;
import dev.stretto.metrics.Telemetry;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.springframework.batch.core.BatchStatus;
import org.springframework.batch.core.configuration.JobRegistry;
import org.springframework.batch.core.job.Job;
import org.springframework.batch.core.job.JobExecution;
import org.springframework.batch.core.job.parameters.JobParameters;
import org.springframework.batch.core.job.parameters.JobParametersBuilder;
import org.springframework.batch.core.launch.JobOperator;
import org.springframework.batch.core.launch.support.TaskExecutorJobOperator;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.core.task.TaskExecutor;

/** Launches of an application's that begin at the same time don't take each other for dead. */
@OnEachDatabase
class MeetingLaunchesTest {

  private static final int ROUNDS = 40;
  private static final int AT_ONCE = 3;

  @Parameter Database database;
  @TempDir Path folder;
  private JobFixture fixture;
  private JobRepository repository;

  /** What an application's executor has been given and has not begun. */
  private final Queue<Runnable> queue = new ArrayDeque<>();

  @BeforeEach
  void open() {
    // A holder shows that it lives with its next renewal.
    fixture = new JobFixture(database, folder, "stretto.lease=1s");
    repository = fixture.context.getBean(JobRepository.class);
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  @Test
  void anExecutionThatIsJustMadeIsLeftToBegin() throws Exception {
    fixture.append(1);
    JobExecution first = operator(queue::add).start(job(), launch("first"));

    JobExecution second = operator(Runnable::run).start(job(), launch("second"));

    assertThat(status(first)).as("another looked").isEqualTo("STARTING");
    assertThat(status(second)).isEqualTo("COMPLETED");
    queue.remove().run();
    assertThat(status(first)).isEqualTo("COMPLETED");
    assertThat(first.getExitStatus().getExitCode()).isEqualTo("COMPLETED");
  }

  @Test
  void anExecutionThatIsJustMadeIsLeftToBeginByDispatchToo() throws Exception {
    fixture.append(1);
    JobExecution first = operator(queue::add).start(job(), launch("first"));

    RunResult.Executed second = fixture.dispatch();

    assertThat(status(first)).as("another looked").isEqualTo("STARTING");
    assertThat(second.status()).isEqualTo("COMPLETED");
    assertThat(repository.getJobExecutions(first.getJobInstance()))
        .as("its job is not restarted")
        .containsExactly(first);
    queue.remove().run();
    assertThat(status(first)).isEqualTo("COMPLETED");
  }

  /** It records that without the lease, which others may take meanwhile. */
  @Test
  void anExecutionThatFoundTheChannelHeldIsLeftToEnd() throws Exception {
    fixture.append(1);
    Leases leases = fixture.context.getBean(Leases.class);
    Lease another = leases.acquire(JobFixture.CHANNEL);
    List<JobExecution> meanwhile = new ArrayList<>();
    RunLauncher launcher = fixture.context.getBean(RunLauncher.class);
    Job meeting =
        new DispatchJob(
            (execution, steps) ->
                launcher.execute(
                    execution,
                    step -> {
                      leases.release(another);
                      meanwhile.add(started("second"));
                      assertThat(status(execution)).as("another looked").isEqualTo("STARTING");
                      steps.run(step);
                    }),
            repository,
            fixture.context.getBean(Clocks.class),
            () -> Telemetry.NONE);

    JobExecution first = operator(Runnable::run).start(meeting, launch("first"));

    assertThat(meanwhile).extracting(this::status).containsExactly("COMPLETED");
    assertThat(status(first)).isEqualTo("STOPPED");
    assertThat(first.getExitStatus().getExitCode()).isEqualTo("HELD");
  }

  /** A process that was killed before its execution had the lease leaves it like that. */
  @Test
  void anExecutionThatNeverBeginsIsRecoveredOnceItHasBeenSeenForLong() throws Exception {
    fixture.append(1);
    JobExecution first = operator(queue::add).start(job(), launch("first"));
    started("second");
    started("third");
    assertThat(status(first)).as("seen twice").isEqualTo("STARTING");
    JobExecution fourth = operator(queue::add).start(job(), launch("fourth"));

    seenLongAgo();
    started("fifth");

    assertThat(status(first)).isEqualTo("FAILED");
    assertThat(status(fourth)).as("made later").isEqualTo("STARTING");
    seenLongAgo();
    started("sixth");
    assertThat(status(fourth)).isEqualTo("FAILED");
  }

  @Test
  void anExecutionThatBeginsAfterItWasTakenForDeadEndsAsItIsRecorded() throws Exception {
    JobExecution first = operator(queue::add).start(job(), launch("first"));
    JobExecution second = operator(queue::add).start(job(), launch("second"));
    started("third");
    seenLongAgo();
    started("fourth");
    fixture.append(1);

    queue.remove().run();
    fixture.context.getBean(Leases.class).acquire(JobFixture.CHANNEL);
    queue.remove().run();

    for (JobExecution late : List.of(first, second)) {
      assertThat(status(late)).isEqualTo("FAILED");
      assertThat(late.getStatus()).isEqualTo(BatchStatus.FAILED);
      assertThat(late.getExitStatus().getExitDescription()).contains("launch it again");
    }
    assertThat(fixture.statuses()).isEqualTo(Map.of("PENDING", 1));
  }

  /** It has the parameters of the one that it restarts, and so that one's fence. */
  @Test
  void anExecutionThatRestartsOneOfDispatchIsLeftToBegin() throws Exception {
    fixture.append(1);
    RunResult.Executed cutShort = fixture.dispatch();
    fixture.jdbc.update("update BATCH_STEP_EXECUTION set status = 'FAILED'");
    fixture.jdbc.update("update BATCH_JOB_EXECUTION set status = 'FAILED'");
    JobExecution restart =
        operator(queue::add)
            .start(
                job(),
                Objects.requireNonNull(repository.getJobExecution(cutShort.run()))
                    .getJobParameters());

    fixture.append(1);
    RunResult.Executed another = fixture.dispatch();

    assertThat(another.status()).isEqualTo("COMPLETED");
    assertThat(status(restart)).as("another looked").isEqualTo("STARTING");
    assertThat(repository.getJobExecutions(restart.getJobInstance()))
        .extracting(JobExecution::getId)
        .as("another has a job instance of its own")
        .containsExactly(restart.getId(), cutShort.run());
    queue.remove().run();
    assertThat(status(restart)).isEqualTo("COMPLETED");
  }

  @Test
  void noneOfSeveralThatBeginAtOnceFails() throws Exception {
    CyclicBarrier together = new CyclicBarrier(AT_ONCE);
    try (ExecutorService launching = Executors.newFixedThreadPool(AT_ONCE)) {
      for (int round = 0; round < ROUNDS; round++) {
        fixture.append(1);
        List<Callable<JobExecution>> launches = new ArrayList<>();
        for (int i = 0; i < AT_ONCE; i++) {
          String name = round + "/" + i;
          launches.add(() -> {
            together.await();
            return started(name);
          });
        }
        for (Future<JobExecution> launched : launching.invokeAll(launches)) {
          assertThat(status(launched.get())).as("round %d", round).isIn("COMPLETED", "STOPPED");
        }
      }
    }
    assertThat(fixture.launch()).as("the rest").isNotInstanceOf(RunResult.Held.class);
    assertThat(fixture.statuses()).isEqualTo(Map.of("DELIVERED", ROUNDS));
    assertThat(
            fixture.jdbc.queryForList(
                "select distinct exit_code from BATCH_JOB_EXECUTION", String.class))
        .isSubsetOf("COMPLETED", "HELD");
  }

  private void seenLongAgo() {
    fixture.jdbc.update("update channel_lease set unheld_at = " + database.in2026("0"));
  }

  private JobExecution started(String name) {
    try {
      return operator(Runnable::run).start(job(), launch(name));
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private Job job() {
    return fixture.context.getBean(Job.class);
  }

  private static JobParameters launch(String name) {
    return new JobParametersBuilder()
        .addString("channel", JobFixture.CHANNEL)
        .addString("launch", name)
        .toJobParameters();
  }

  /** Spring Batch's own, as an application may have it. */
  private JobOperator operator(TaskExecutor executor) throws Exception {
    TaskExecutorJobOperator operator = new TaskExecutorJobOperator();
    operator.setJobRepository(repository);
    operator.setJobRegistry(fixture.context.getBean(JobRegistry.class));
    operator.setTaskExecutor(executor);
    operator.afterPropertiesSet();
    return operator;
  }

  private String status(JobExecution execution) {
    return String.valueOf(
        fixture.jdbc.queryForObject(
            "select status from BATCH_JOB_EXECUTION where job_execution_id = ?",
            String.class,
            execution.getId()));
  }
}
