package dev.stretto.batch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stretto.database.Database;
import dev.stretto.database.OnEachDatabase;
import dev.stretto.database.StatementCost;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.springframework.jdbc.core.JdbcTemplate;

/** What a launch asks the job repository costs the same, however many runs there were. */
@Tag("slow")
@OnEachDatabase
class RunPlansTest {

  private static final int MANY = 20_000;

  /** Rows, or on PostgreSQL pages. */
  private static final long MOST = 60;

  @Parameter Database vendor;
  @TempDir Path folder;
  private JdbcTemplate jdbc;
  private StatementCost cost;

  @BeforeEach
  void fill() throws Exception {
    cost = StatementCost.inFresh(vendor, folder);
    jdbc = cost.jdbc();
    insert(
        "BATCH_JOB_INSTANCE (job_instance_id, version, job_name, job_key)", "n, 0, 'dispatch', n");
    insert(
        "BATCH_JOB_EXECUTION (job_execution_id, version, job_instance_id, status, create_time)",
        "n, 0, n, case when n < %d then 'COMPLETED' else 'STARTED' end, current_timestamp"
            .formatted(MANY));
    insert(
        "BATCH_JOB_EXECUTION_PARAMS"
            + " (job_execution_id, parameter_name, parameter_type, parameter_value, identifying)",
        "n, 'channel', 'java.lang.String', 'space', 'Y'");
    insert(
        "BATCH_STEP_EXECUTION (step_execution_id, version, step_name, job_execution_id,"
            + " create_time)",
        "n, 0, 'dispatch', n, current_timestamp");
    insert("outbox_run (channel, fence, run, ordering)", "'space', n, n, 'START'");
    List.of(
            "BATCH_JOB_INSTANCE",
            "BATCH_JOB_EXECUTION",
            "BATCH_JOB_EXECUTION_PARAMS",
            "BATCH_STEP_EXECUTION",
            "outbox_run")
        .forEach(cost::gatherStatistics);
  }

  @AfterEach
  void close() {
    cost.close();
  }

  @Test
  void findsTheChannelsRunsThatAreRunning() {
    assertThat(jdbc.queryForList(DeadRuns.RUNNING, Integer.class, "space")).containsExactly(MANY);
    assertThat(cost.of(DeadRuns.RUNNING, "space")).isLessThan(MOST);
  }

  @Test
  void findsTheOldestRuns() {
    assertThat(jdbc.queryForList(OldRuns.NEEDLESS + OldRuns.FIRST, Integer.class, 0, 5))
        .containsExactly(1, 2, 3, 4, 5);
    assertThat(cost.of(OldRuns.NEEDLESS + OldRuns.FIRST, 0, 5)).isLessThan(MOST);
  }

  /** As the job repository asks. */
  @Test
  void findsWhatBelongsToAnExecution() {
    assertThat(cost.of("select * from BATCH_JOB_EXECUTION where job_instance_id = ?", 77))
        .isLessThan(MOST);
    assertThat(cost.of("select * from BATCH_JOB_EXECUTION_PARAMS where job_execution_id = ?", 77))
        .isLessThan(MOST);
    assertThat(cost.of("select * from BATCH_STEP_EXECUTION where job_execution_id = ?", 77))
        .isLessThan(MOST);
  }

  private void insert(String columns, String values) {
    jdbc.update("insert into " + columns + " select " + values + " from " + vendor.numbers(MANY));
  }
}
