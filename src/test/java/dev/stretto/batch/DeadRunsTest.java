package dev.stretto.batch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stretto.database.Database;
import dev.stretto.database.OnEachDatabase;
import dev.stretto.run.RunOptions;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

/** Law 8, for a run that died and is not the last of which the channel's lease has the number. */
@OnEachDatabase
class DeadRunsTest {

  @Parameter Database database;
  @TempDir Path folder;
  private JobFixture fixture;

  @BeforeEach
  void open() throws Exception {
    fixture = new JobFixture(database, folder);
    run();
    run();
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  @Test
  void theNextOfItsChannelRecoversItAndOneOfAnotherChannelIsLeftAlone() throws Exception {
    looksAsIfItRan(1);
    looksAsIfItRan(2);
    fixture.jdbc.update(
        "update BATCH_JOB_EXECUTION_PARAMS set parameter_value = 'other'"
            + " where job_execution_id = 2 and parameter_name = 'channel'");
    fixture.jdbc.update("update channel_lease set run = null");

    run();

    assertThat(status(1)).isEqualTo("FAILED");
    assertThat(status(2)).isEqualTo("STARTED");
    assertThat(instance(3)).as("it was restarted").isEqualTo(instance(1));
    assertThat(status(3)).isEqualTo("COMPLETED");
  }

  @Test
  void oneBeforeTheLastWhichWasCompletedIsRecoveredAndNotRestarted() throws Exception {
    looksAsIfItRan(1);

    run();

    assertThat(status(1)).isEqualTo("FAILED");
    assertThat(status(2)).isEqualTo("COMPLETED");
    assertThat(instance(3)).as("its own").isNotIn(instance(1), instance(2));
    assertThat(status(3)).isEqualTo("COMPLETED");
  }

  private void looksAsIfItRan(long run) {
    fixture.jdbc.update(
        "update BATCH_JOB_EXECUTION set status = 'STARTED', end_time = null"
            + " where job_execution_id = ?",
        run);
  }

  private void run() throws Exception {
    fixture.append(1);
    fixture.dispatch(RunOptions.NONE, run -> {});
  }

  private String status(long run) {
    return execution("status", run);
  }

  private String instance(long run) {
    return execution("job_instance_id", run);
  }

  private String execution(String column, long run) {
    return String.valueOf(
        fixture.jdbc.queryForObject(
            "select " + column + " from BATCH_JOB_EXECUTION where job_execution_id = ?",
            String.class,
            run));
  }
}
