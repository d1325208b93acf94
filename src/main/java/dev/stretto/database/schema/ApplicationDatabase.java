package dev.stretto.database.schema;

import dev.stretto.database.Vendor;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.UncategorizedSQLException;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;

/** Stretto as a guest in an application's database, through that application's connections. */
public final class ApplicationDatabase {

  private final DataSource connections;
  private final Environment environment;

  public ApplicationDatabase(DataSource connections, Environment environment) {
    this.connections = connections;
    this.environment = environment;
  }

  /**
   * Brings Stretto's tables to this version, in their own schema and with a history of their own.
   * The application's migrations are not looked at.
   *
   * @throws dev.stretto.database.UnusableDatabaseException where this user may not, the schema is
   *     somebody else's, or the connections would change times
   */
  public void migrate() {
    try (Connection connection = connections.getConnection()) {
      SameInstants.require(connection);
    } catch (SQLException e) {
      throw new UncategorizedSQLException("look at the database", null, e);
    }
    SchemaMigration.inApplication(connections, schema(), environment);
  }

  /**
   * Connections in Stretto's schema, in transactions of their own. On PostgreSQL each of these asks
   * for the limits of {@link SessionLimits}; the application's sessions are left as they are.
   */
  public DataSource guest() {
    Schema schema = schema();
    return new SchemaDataSource(
        schema,
        connections,
        schema.vendor() == Vendor.POSTGRESQL ? SessionLimits.of(environment).prelude() : null);
  }

  /**
   * Those of the application's own transactions, on which the bare names of Spring Batch's tables
   * mean those of the application's job repository.
   *
   * @param prefix what these begin with, such as {@code BATCH_}
   */
  public DataSource withJobTables(String prefix) {
    return new SchemaDataSource(
        schema().besideJobTables(prefix), new TransactionAwareDataSourceProxy(connections), null);
  }

  /** Stretto's schema there. */
  public Schema schema() {
    try (Connection connection = connections.getConnection()) {
      return Schema.inApplication(environment, connection);
    } catch (SQLException e) {
      throw new UncategorizedSQLException("look at the database", null, e);
    }
  }
}
