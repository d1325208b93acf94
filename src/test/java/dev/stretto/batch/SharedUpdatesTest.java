package dev.stretto.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.stretto.database.Database;
import dev.stretto.database.OnEachDatabase;
import dev.stretto.database.SharedCommits;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;
import org.aopalliance.intercept.MethodInterceptor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.batch.core.ExitStatus;
import org.springframework.batch.core.job.JobExecution;
import org.springframework.batch.core.job.parameters.JobParametersBuilder;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.batch.core.step.StepExecution;
import org.springframework.batch.infrastructure.item.ExecutionContext;
import org.springframework.dao.OptimisticLockingFailureException;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.DefaultTransactionStatus;

@OnEachDatabase
class SharedUpdatesTest {

  /** As many as are committed at the same time. */
  private static final int HOLDERS = 2;

  private static final int RUNS = 10;

  @Parameter Database database;
  @TempDir Path folder;
  private JobFixture fixture;
  private JobRepository stored;
  private JobRepository shared;
  private final AtomicInteger commits = new AtomicInteger();
  private final AtomicInteger held = new AtomicInteger();
  private final CountDownLatch letGo = new CountDownLatch(1);
  private long instances;
  private final List<Thread> threads = new ArrayList<>();

  @BeforeEach
  void open() {
    fixture = new JobFixture(database, folder);
    stored = fixture.context.getBean(JobRepository.class);
    ProxyFactory holding = new ProxyFactory(stored);
    holding.addAdvice(
        (MethodInterceptor)
            call -> {
              if (call.getArguments().length == 1
                  && call.getArguments()[0] instanceof JobExecution execution
                  && execution.getExitStatus().getExitCode().equals("HELD")) {
                held.incrementAndGet();
                letGo.await();
              }
              return call.proceed();
            });
    DataSource connections = fixture.context.getBean(DataSource.class);
    shared =
        SharedUpdates.of(
            new RunConfiguration.JobTables(
                (JobRepository) holding.getProxy(), fixture.jdbc, new CountedCommits(connections)));
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  private final class CountedCommits extends JdbcTransactionManager {
    CountedCommits(DataSource database) {
      super(database);
    }

    @Override
    protected void doCommit(DefaultTransactionStatus status) {
      super.doCommit(status);
      commits.incrementAndGet();
    }
  }

  @Test
  @Tag("slow")
  void whatSeveralRunsHaveToTellIsCommittedTogether() throws Exception {
    List<FutureTask<Void>> updates = new ArrayList<>();
    List<JobExecution> jobs = jobs(RUNS);
    List<StepExecution> steps = new ArrayList<>();
    for (JobExecution job : jobs) {
      steps.add(shared.createStepExecution("dispatch", job));
    }
    List<FutureTask<Void>> holders = hold();
    for (int run = 0; run < RUNS; run++) {
      JobExecution job = jobs.get(run);
      StepExecution step = steps.get(run);
      job.setExitStatus(new ExitStatus("TOLD"));
      step.setReadCount(7);
      step.getExecutionContext().putLong("told", 8);
      updates.add(update(() -> shared.update(job)));
      updates.add(update(() -> shared.update(step)));
      updates.add(update(() -> shared.updateExecutionContext(step)));
    }
    jobs.getFirst().getExecutionContext().putLong("begun", 9);
    updates.add(update(() -> shared.updateExecutionContext(jobs.getFirst())));
    letGo.countDown();

    done(holders);
    done(updates);
    assertThat(commits).hasValueBetween(1, HOLDERS);
    assertThat(jobs)
        .extracting(job -> found(job).getExitStatus().getExitCode())
        .containsOnly("TOLD");
    assertThat(steps).extracting(step -> found(step).getReadCount()).containsOnly(7L);
    assertThat(steps)
        .extracting(step -> found(step).getExecutionContext().getLong("told"))
        .containsOnly(8L);
    assertThat(found(jobs.getFirst()).getExecutionContext().getLong("begun")).isEqualTo(9);
  }

  @Test
  void oneThatFailsDoesSoAloneAndTheOthersGoOn() throws Exception {
    List<StepExecution> steps = new ArrayList<>();
    for (JobExecution job : jobs(RUNS)) {
      steps.add(shared.createStepExecution("dispatch", job));
    }
    StepExecution outdated = steps.get(3);
    stored.update(found(outdated));
    List<FutureTask<Void>> holders = hold();
    List<FutureTask<Void>> updates = new ArrayList<>();
    for (StepExecution step : steps) {
      step.setReadCount(7);
      updates.add(update(() -> shared.update(step)));
    }
    letGo.countDown();

    done(holders);
    FutureTask<Void> failed = updates.remove(3);
    assertThatThrownBy(failed::get).hasCauseInstanceOf(OptimisticLockingFailureException.class);
    done(updates);
    steps.remove(outdated);
    assertThat(steps).extracting(step -> found(step).getReadCount()).containsOnly(7L);
    for (StepExecution step : steps) {
      step.setReadCount(8);
      shared.update(step);
    }
    assertThat(steps).extracting(step -> found(step).getReadCount()).containsOnly(8L);
  }

  @Test
  void anInterruptMeanwhileAsksTheStepToStop() throws Exception {
    JobExecution job = jobs(1).getFirst();
    StepExecution step = shared.createStepExecution("dispatch", job);
    List<FutureTask<Void>> holders = hold();
    AtomicBoolean interrupted = new AtomicBoolean();
    FutureTask<Void> told =
        update(() -> {
          shared.update(step);
          interrupted.set(Thread.currentThread().isInterrupted());
        });
    threads.getLast().interrupt();
    await().until(() -> !threads.getLast().isInterrupted());
    letGo.countDown();

    done(holders);
    told.get();
    assertThat(step.isTerminateOnly()).isTrue();
    assertThat(interrupted).as("it would close an H2 file").isFalse();
  }

  private List<JobExecution> jobs(int number) {
    List<JobExecution> jobs = new ArrayList<>();
    for (int job = 0; job < number; job++) {
      var parameters = new JobParametersBuilder().addLong("n", ++instances).toJobParameters();
      jobs.add(
          stored.createJobExecution(
              stored.createJobInstance("dispatch", parameters),
              parameters,
              new ExecutionContext()));
    }
    return jobs;
  }

  private JobExecution found(JobExecution job) {
    return Objects.requireNonNull(stored.getJobExecution(job.getId()));
  }

  private StepExecution found(StepExecution step) {
    return Objects.requireNonNull(stored.getStepExecution(step.getId()));
  }

  /** Has as many updates as are committed at the same time wait until they are let go. */
  private List<FutureTask<Void>> hold() {
    List<FutureTask<Void>> holders = new ArrayList<>();
    for (JobExecution job : jobs(HOLDERS)) {
      job.setExitStatus(new ExitStatus("HELD"));
      holders.add(start(() -> shared.update(job)));
      // Two that came at once would be one transaction's, of which the first alone is held.
      await().until(() -> held.get() == holders.size());
    }
    return holders;
  }

  /** Starts an update, which then waits for one to end. */
  private FutureTask<Void> update(Runnable update) {
    FutureTask<Void> started = start(update);
    Thread thread = threads.getLast();
    await().until(() -> LockSupport.getBlocker(thread) instanceof SharedCommits);
    return started;
  }

  private FutureTask<Void> start(Runnable update) {
    FutureTask<Void> task = new FutureTask<>(update, null);
    threads.add(Thread.ofPlatform().start(task));
    return task;
  }

  private static void done(List<FutureTask<Void>> all) throws Exception {
    for (FutureTask<Void> each : all) {
      each.get();
    }
  }
}
