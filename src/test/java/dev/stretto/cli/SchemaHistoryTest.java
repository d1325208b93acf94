package dev.stretto.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stretto.database.Database;
import dev.stretto.database.FreshDatabase;
import dev.stretto.database.OnEachDatabase;
import dev.stretto.database.schema.SchemaHistory;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

@OnEachDatabase
class SchemaHistoryTest {

  private static final String LOCATIONS = "spring.flyway.locations";
  private static final String USUAL = "classpath:dev/stretto/database/schema/migration/{vendor}";

  @Parameter Database vendor;
  @TempDir Path folder;
  private FreshDatabase database;

  @BeforeEach
  void migrate() {
    database = vendor.fresh(folder);
    assertThat(new CommandLineRun(database).run("status").code()).isZero();
  }

  @Test
  void isCurrentOnceFlywayHasMigrated() throws SQLException {
    assertThat(isCurrent(Map.of(LOCATIONS, USUAL))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "update HISTORY set \"checksum\" = 1 where \"version\" = '2'",
        "update HISTORY set \"success\" = false where \"version\" = '2'",
        "update HISTORY set \"script\" = 'V99__x.sql' where \"version\" = '2'",
        "delete from HISTORY where \"version\" = '2'",
        "drop table HISTORY",
        """
        insert into HISTORY
          ("installed_rank", "version", "description", "type", "script", "checksum",
           "installed_by", "execution_time", "success")
        values (99, '99', 'from the future', 'SQL', 'V99__from_the_future.sql', 1, 'sa', 1, true)
        """
      })
  void isNotCurrentWithAnyOtherRecord(String change) throws SQLException {
    String sql = vendor == Database.MARIADB ? change.replace('"', '`') : change;
    new TestDatabase(database).execute(sql.replace("HISTORY", database.history()));

    assertThat(isCurrent(Map.of(LOCATIONS, USUAL))).isFalse();
  }

  @Test
  void isNeverCurrentWhereFlywayIsSetUpInAnotherWay() throws SQLException {
    assertThat(isCurrent(Map.of(LOCATIONS, "classpath:other"))).isFalse();
    assertThat(isCurrent(Map.of(LOCATIONS, USUAL, "spring.flyway.table", "history"))).isFalse();
  }

  private boolean isCurrent(Map<String, Object> properties) throws SQLException {
    var environment = new StandardEnvironment();
    environment.getPropertySources().addFirst(new MapPropertySource("test", properties));
    try (var connection = database.connect()) {
      return new SchemaHistory(environment).isCurrent(connection);
    }
  }
}
