package dev.stretto.batch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stretto.database.Database;
import dev.stretto.database.OnEachDatabase;
import dev.stretto.outbox.RunTable;
import dev.stretto.run.RunOptions;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** What is removed of runs that ended long ago, and what is not. */
@OnEachDatabase
class OldRunsTest {

  private static final Duration AGE = Duration.ofDays(30);

  private static final List<String> TABLES =
      List.of(
          "BATCH_JOB_INSTANCE",
          "BATCH_JOB_EXECUTION",
          "BATCH_JOB_EXECUTION_PARAMS",
          "BATCH_JOB_EXECUTION_CONTEXT",
          "BATCH_STEP_EXECUTION",
          "BATCH_STEP_EXECUTION_CONTEXT",
          "outbox_run");

  @Parameter Database database;
  @TempDir Path folder;
  private JobFixture fixture;

  @BeforeEach
  void open() {
    fixture = new JobFixture(database, folder);
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  @Test
  void removesEveryRowOfThem() throws Exception {
    run();
    Map<String, Integer> one = rows();
    assertThat(one).containsOnlyKeys(TABLES).doesNotContainValue(0);
    run();
    run();

    assertThat(old().remove(null, AGE, 10)).isEqualTo(2);

    assertThat(rows()).as("the last is kept").isEqualTo(one);
    assertThat(runs()).containsExactly("3 COMPLETED");
    assertThat(old().remove(null, AGE, 10)).isZero();
    run();
    assertThat(runs()).containsExactly("4 COMPLETED", "3 COMPLETED");
  }

  @Test
  void keepsThoseThatEndedLaterAndThoseOfOtherChannels() throws Exception {
    run();
    run();

    assertThat(old(Duration.ofDays(29)).remove(null, AGE, 10)).isZero();
    assertThat(old().remove("elsewhere", AGE, 10)).isZero();
    assertThat(old().remove("space", AGE, 10)).isEqualTo(1);
  }

  @Test
  void removesTheOldestAndNoMoreThanItIsTold() throws Exception {
    for (int i = 0; i < 5; i++) {
      run();
    }

    assertThat(old().remove(null, AGE, 3)).isEqualTo(3);
    assertThat(runs()).containsExactly("5 COMPLETED", "4 COMPLETED");
  }

  @Test
  void keepsWhatWasCutShortUntilItsJobIsCarriedOn() throws Exception {
    run();
    cutShort();
    cutShort();
    assertThat(old().remove(null, AGE, 10)).isEqualTo(2);
    assertThat(runs()).containsExactly("3 STOPPED");

    run();
    fixture.jdbc.update(
        "update BATCH_JOB_EXECUTION set status = 'STARTED' where job_execution_id = 4");
    assertThat(old().remove(null, AGE, 10)).as("it is being carried on").isZero();
    fixture.jdbc.update(
        "update BATCH_JOB_EXECUTION set status = 'COMPLETED' where job_execution_id = 4");
    assertThat(old().remove(null, AGE, 10)).isEqualTo(1);
    assertThat(runs()).containsExactly("4 COMPLETED");
    assertThat(rows()).containsEntry("BATCH_JOB_INSTANCE", 1);
  }

  @Test
  void keepsWhatRunsAndWhatFailedWithAChannel() throws Exception {
    for (int i = 0; i < 5; i++) {
      run();
    }
    fixture.jdbc.update(
        "update BATCH_JOB_EXECUTION set status = 'STARTED', end_time = null"
            + " where job_execution_id = 1");
    fixture.jdbc.update(
        "update BATCH_JOB_EXECUTION set status = 'FAILED' where job_execution_id in (2, 3)");
    fixture.jdbc.update("delete from outbox_run where run = 3");

    assertThat(old().remove(null, AGE, 10)).isEqualTo(2);
    assertThat(runs()).containsExactly("5 COMPLETED", "2 FAILED", "1 DEAD");
  }

  @Test
  void keepsThatAChannelOnceHadKeyOrder() throws Exception {
    run(new RunOptions(null, null, null, null, "key"));
    run(new RunOptions(null, null, null, null, "key"));
    run();
    run();

    assertThat(old().remove(null, AGE, 10)).isEqualTo(3);
    assertThat(fixture.jdbc.queryForList("select run from outbox_run order by run", Long.class))
        .containsExactly(2L, 4L);
    assertThat(new RunTable(fixture.jdbc).anyByKey("space")).isTrue();
  }

  @Test
  void aRunRemovesThoseBeforeItWhereThereIsARetention() throws Exception {
    fixture.close();
    fixture = new JobFixture(database, folder, "stretto.retention=1ms");
    run();
    run();
    run();

    assertThat(runs()).containsExactly("3 COMPLETED");
    assertThat(fixture.statuses())
        .as("its messages are gone too, or will be")
        .doesNotContainKey("PENDING");
  }

  /** As if all that is there were forty days old. */
  private OldRuns old() {
    return old(Duration.ofDays(40));
  }

  private OldRuns old(Duration ago) {
    return new OldRuns(
        fixture.context.getBean(JobRepository.class),
        fixture.jdbc,
        new TransactionTemplate(fixture.context.getBean(PlatformTransactionManager.class)),
        Clock.offset(Clock.systemUTC(), ago));
  }

  private void run() throws Exception {
    run(RunOptions.NONE);
  }

  private void run(RunOptions options) throws Exception {
    fixture.append(1);
    fixture.dispatch(options, run -> {});
  }

  private void cutShort() throws Exception {
    fixture.append(2);
    fixture.dispatch(new RunOptions(1L, null, null, null, null), run -> {});
    fixture.jdbc.update(
        "update BATCH_JOB_EXECUTION set status = 'STOPPED'"
            + " where job_execution_id = (select run from channel_lease)");
  }

  private List<String> runs() throws Exception {
    return fixture.context.getBean(RunHistory.class).latest(null, 20).stream()
        .map(run -> run.run() + " " + run.status())
        .toList();
  }

  private Map<String, Integer> rows() {
    Map<String, Integer> rows = new TreeMap<>();
    for (String table : TABLES) {
      rows.put(table, fixture.jdbc.queryForObject("select count(*) from " + table, Integer.class));
    }
    return rows;
  }
}
