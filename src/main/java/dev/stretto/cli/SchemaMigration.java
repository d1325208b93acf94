package dev.stretto.cli;

import dev.stretto.outbox.Vendor;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Comparator;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationVersion;
import org.flywaydb.core.api.exception.FlywayValidateException;
import org.springframework.boot.flyway.autoconfigure.FlywayMigrationStrategy;
import org.springframework.jdbc.UncategorizedSQLException;

/** Brings the tables to this version, and says so where they are ahead of it. */
final class SchemaMigration implements FlywayMigrationStrategy {

  private final SchemaHistory history;

  SchemaMigration(SchemaHistory history) {
    this.history = history;
  }

  @Override
  public void migrate(Flyway flyway) {
    if (isCurrent(flyway.getConfiguration().getDataSource())) {
      return;
    }
    try {
      flyway.migrate();
    } catch (FlywayValidateException e) {
      MigrationVersion newest = newest(flyway.info().applied());
      MigrationVersion known = newestKnown(flyway.info().all());
      throw new SchemaMismatchException(newest, known, e);
    }
  }

  private boolean isCurrent(DataSource database) {
    try (Connection connection = database.getConnection()) {
      // For other vendors there would be no migrations, which Flyway takes for none needed.
      Vendor.of(connection);
      return history.isCurrent(connection);
    } catch (SQLException e) {
      throw new UncategorizedSQLException("look at the database", null, e);
    }
  }

  private static MigrationVersion newest(MigrationInfo[] migrations) {
    return Arrays.stream(migrations)
        .filter(MigrationInfo::isVersioned)
        .map(MigrationInfo::getVersion)
        .max(Comparator.naturalOrder())
        .orElse(MigrationVersion.EMPTY);
  }

  /** A migration that was applied without being known here has no script to be found. */
  private static MigrationVersion newestKnown(MigrationInfo[] migrations) {
    return newest(
        Arrays.stream(migrations)
            .filter(migration -> migration.getState().isResolved())
            .toArray(MigrationInfo[]::new));
  }
}
