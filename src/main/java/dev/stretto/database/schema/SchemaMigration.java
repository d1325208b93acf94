package dev.stretto.database.schema;

import dev.stretto.database.H2Release;
import dev.stretto.database.Vendor;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.CoreErrorCode;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationVersion;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.flywaydb.core.api.exception.FlywayValidateException;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.UncategorizedSQLException;

/**
 * Brings the tables to this version, in a schema and with a history of their own, and says so where
 * they are ahead of it.
 */
final class SchemaMigration {

  /**
   * What Flyway sets for a session, where a pooler's would keep it for its next client; and the
   * same for the transaction only.
   */
  private static final Map<String, String> FOR_THE_TRANSACTION =
      Map.of(
          "set_config('search_path', ?, false)",
          "set_config('search_path', ?, true)",
          "SET ROLE '",
          "SET LOCAL ROLE '");

  private final Environment environment;
  private final SchemaHistory history;
  private final Supplier<DataSource> unlimited;

  /**
   * @param history where to look for what was done already
   * @param unlimited makes connections that may wait and be idle as long as a migration takes
   */
  SchemaMigration(Environment environment, SchemaHistory history, Supplier<DataSource> unlimited) {
    this.environment = environment;
    this.history = history;
    this.unlimited = unlimited;
  }

  /** Those of an application's database, by a Flyway of Stretto's own. */
  static void inApplication(DataSource connections, Schema schema, Environment environment) {
    String vendor = schema.vendor().name().toLowerCase(Locale.ROOT);
    Flyway flyway =
        Flyway.configure()
            .dataSource(connections)
            .locations(SchemaHistory.LOCATIONS + vendor)
            .ignoreMigrationPatterns(new String[0])
            .load();
    SchemaMigration migration =
        new SchemaMigration(
            environment, SchemaHistory.inApplication(environment), () -> connections);
    try (Connection connection = connections.getConnection()) {
      migration.migrate(flyway, connection, schema);
    } catch (SQLException e) {
      throw new UncategorizedSQLException("look at the database", null, e);
    }
  }

  /** Migrates with what this Flyway was told, but in the schema and the history that are ours. */
  void migrate(Flyway flyway) {
    try (Connection connection = flyway.getConfiguration().getDataSource().getConnection()) {
      // Fails for other vendors: Flyway would find no migrations for them, and be content.
      Vendor.of(connection);
      migrate(flyway, connection, Schema.of(environment, connection));
    } catch (SQLException e) {
      throw new UncategorizedSQLException("look at the database", null, e);
    }
  }

  private void migrate(Flyway flyway, Connection connection, Schema schema) throws SQLException {
    H2Release.keepCommits(connection);
    if (history.isCurrent(connection, schema)) {
      return;
    }
    DataSource given = flyway.getConfiguration().getDataSource();
    SchemaOwner owner = new SchemaOwner(connection, schema, history);
    owner.prepare();
    FluentConfiguration own =
        Flyway.configure()
            .configuration(flyway.getConfiguration())
            .dataSource(quiet(given instanceof SchemaDataSource ? unlimited.get() : given, schema))
            .schemas(schema.name())
            .defaultSchema(schema.name())
            .table(history.table(connection, schema))
            .createSchemas(false);
    migrate(own.load(), owner);
  }

  private static DataSource quiet(DataSource connections, Schema schema) {
    return new QuietDataSource(connections, sql -> quiet(schema.qualify(sql)));
  }

  private static String quiet(String sql) {
    String quiet = sql;
    for (Map.Entry<String, String> each : FOR_THE_TRANSACTION.entrySet()) {
      quiet = quiet.replace(each.getKey(), each.getValue());
    }
    return quiet;
  }

  private static void migrate(Flyway flyway, SchemaOwner owner) {
    try {
      flyway.migrate();
    } catch (FlywayValidateException e) {
      MigrationVersion newest = newest(flyway.info().applied());
      MigrationVersion known = newestKnown(flyway.info().all());
      throw new SchemaMismatchException(newest, known, e);
    } catch (FlywayException e) {
      if (e.getErrorCode() == CoreErrorCode.NON_EMPTY_SCHEMA_WITHOUT_SCHEMA_HISTORY_TABLE) {
        throw owner.ofSomebodyElse();
      }
      throw e;
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
