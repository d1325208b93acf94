package dev.stretto.cli.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stretto.batch.RunResult;
import dev.stretto.cli.TestDatabase;
import dev.stretto.cli.output.ExitCode;
import dev.stretto.database.Database;
import dev.stretto.database.FreshDatabase;
import dev.stretto.database.OnEachDatabase;
import dev.stretto.run.RunOptions;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

@OnEachDatabase
class WorkCheckTest {

  private final Map<String, Object> properties = new HashMap<>();

  @Parameter Database vendor;
  @TempDir Path folder;
  private TestDatabase database;

  @BeforeEach
  void setUp() {
    FreshDatabase fresh = vendor.migrated(folder);
    database = new TestDatabase(fresh);
    properties.put("spring.datasource.url", fresh.url());
    properties.put("spring.datasource.username", fresh.user());
    properties.put("spring.datasource.password", fresh.password());
    properties.put(
        "spring.flyway.locations", "classpath:dev/stretto/database/schema/migration/{vendor}");
    properties.put("stretto.channels.space.transport", "http");
    properties.put("stretto.channels.space.http.url", "http://127.0.0.1:9/");
  }

  @Test
  void findsNothingInAnEmptyOutboxAndSaysWhatARunWouldSay() {
    var look = look();

    assertThat(findsNothing(look)).isTrue();
    assertThat(look.results())
        .singleElement()
        .isInstanceOf(RunResult.NothingToDo.class)
        .returns("space", RunResult::channel)
        .returns(0L, RunResult::remaining);
  }

  /** Whether it completed or not: whoever died while it ran is still the lease's owner. */
  @ParameterizedTest
  @ValueSource(strings = {"COMPLETED", "STOPPED", "FAILED"})
  void findsNothingBehindRunsThatGaveTheirLeaseBack(String status) throws SQLException {
    recordRun(status);
    database.execute("insert into channel_lease (channel, fence, run) values ('space', 1, 7)");

    assertThat(findsNothing(look())).isTrue();
  }

  @Test
  void findsNothingInKeyOrderWhereABlockedKeyWaits() throws SQLException {
    database.execute(
        "insert into outbox_message (channel, payload, queue, position) values ('space', '1', 3,"
            + " 1)",
        "insert into outbox_lane (channel, ordering_key, blocked_by) values ('space', 'k', 1)");

    properties.put("stretto.channels.space.ordering", "key");
    var look = look();
    assertThat(findsNothing(look)).isTrue();
    assertThat(look.results()).singleElement().returns(1L, RunResult::remaining);

    properties.put("stretto.channels.space.ordering", "start");
    assertThat(findsNothing(look())).isFalse();
  }

  @Test
  void whatAPausedChannelHoldsBackIsNothingToDo() throws SQLException {
    database.execute(
        "insert into outbox_message (channel, payload) values ('space', '1')",
        "insert into channel_lease (channel, owner, expires_at, paused_at, paused_by)"
            + " values ('space', 'dead', current_timestamp, current_timestamp, 'ann@host')");

    var look = look();

    assertThat(findsNothing(look)).isTrue();
    assertThat(look.results())
        .singleElement()
        .isInstanceOf(RunResult.Paused.class)
        .returns(1L, RunResult::remaining);
    assertThat(look.code(Set.of())).isEqualTo(ExitCode.DONE);
    assertThat(look.code(Set.of("space"))).isEqualTo(ExitCode.TRY_LATER);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "insert into outbox_message (channel, payload) values ('space', '1')",
        "insert into outbox_message (channel, payload, queue, position) values ('space', '1', 1,"
            + " 1)",
        "insert into outbox_message (channel, payload, queue, position) values ('space', '1', 2,"
            + " 1)",
        "insert into outbox_lane (channel, ordering_key) values ('space', 'k')",
        "insert into channel_lease (channel, owner, expires_at)"
            + " values ('space', 'other', current_timestamp + interval '1' minute)",
        "insert into channel_lease (channel, owner, expires_at)"
            + " values ('space', 'dead', current_timestamp - interval '1' minute)",
        "drop table outbox_lane"
      })
  void leavesToARunWhateverItMayHaveToDo(String change) throws SQLException {
    database.execute(change);

    assertThat(findsNothing(look())).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "stretto.retention, 30d",
    "spring.datasource.hikari.connection-init-sql, select 1",
    "spring.datasource.driver-class-name, org.example.Driver",
    "spring.batch.jdbc.table-prefix, OTHER_",
    "spring.flyway.enabled, false",
    "stretto.channels.space.http.urk, x",
    "stretto.channels.space.http.url, http://127.0.0.1/${STRETTO_TEST_UNSET}",
    "stretto.channels.space.window, none",
  })
  void leavesToARunWhateverIsSetUnusually(String property, String value) {
    properties.put(property, value);

    assertThat(findsNothing(look())).isFalse();
  }

  private void recordRun(String status) throws SQLException {
    database.execute(
        """
        insert into BATCH_JOB_INSTANCE (job_instance_id, version, job_name, job_key)
          values (1, 0, 'dispatch', 'k')
        """,
        """
        insert into BATCH_JOB_EXECUTION
          (job_execution_id, version, job_instance_id, create_time, status)
          values (7, 0, 1, current_timestamp, '%s')
        """
            .formatted(status));
  }

  private static WorkCheck look() {
    return new WorkCheck(
        new RunOptions(null, null, null, null, null), configured -> Set.of("space"));
  }

  private boolean findsNothing(WorkCheck look) {
    var environment = new StandardEnvironment();
    environment.getPropertySources().addFirst(new MapPropertySource("test", properties));
    return look.findsNothing(environment);
  }
}
