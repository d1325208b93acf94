package dev.stretto.database;

import com.zaxxer.hikari.HikariDataSource;
import dev.stretto.database.schema.QuietDataSource;
import dev.stretto.database.schema.Schema;
import dev.stretto.database.schema.SchemaDataSource;
import dev.stretto.database.schema.SchemaHistory;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** A database of a test's own, to be reached from any process. */
public record FreshDatabase(Database vendor, String url, String user, String password) {

  /** A connection whose times are UTC, to Stretto's tables by their bare names. */
  public Connection connect() throws SQLException {
    Connection connection = connectPlainly();
    return SchemaDataSource.of(connection, Schema.of((String) null, connection));
  }

  /** A connection such as an application's, whose times are UTC. */
  public Connection connectPlainly() throws SQLException {
    Connection connection = DriverManager.getConnection(url, user, password);
    if (vendor == Database.MARIADB) {
      try (Statement statement = connection.createStatement()) {
        statement.execute("set time_zone = '+00:00'");
      }
    }
    return connection;
  }

  /** Makes Stretto's tables. */
  public FreshDatabase migrated() {
    Schema schema;
    try (Connection connection = connectPlainly()) {
      schema = Schema.of((String) null, connection);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
    Flyway.configure()
        .dataSource(url, user, password)
        .locations(
            "classpath:dev/stretto/database/schema/migration/"
                + vendor.name().toLowerCase(Locale.ROOT))
        .schemas(schema.name())
        .table(SchemaHistory.TABLE)
        .load()
        .migrate();
    return this;
  }

  /** Connections such as a command's, which are kept, and to be closed. */
  public HikariDataSource pool() {
    HikariDataSource pool = new HikariDataSource();
    pool.setJdbcUrl(urlOfCommands());
    pool.setUsername(user);
    pool.setPassword(password);
    return pool;
  }

  private String urlOfCommands() {
    try (OpenDatabase opened =
        OpenDatabase.open(new OpenDatabase.Request(url, user, password, Duration.ZERO))) {
      return opened.url();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Connects anew each time, to Stretto's tables by their bare names. */
  public DataSource dataSource() {
    return new SchemaDataSource(new DriverManagerDataSource(url, user, password), null);
  }

  /** An application's connections, for statements that name the schema, which MariaDB has not. */
  public DataSource producers() {
    DataSource plain = new DriverManagerDataSource(url, user, password);
    return vendor == Database.MARIADB
        ? new QuietDataSource(plain, sql -> sql.replace("stretto.", ""))
        : plain;
  }

  /** The table of Stretto's migrations, for a statement. */
  public String history() {
    return switch (vendor) {
      case H2, POSTGRESQL -> "stretto.\"" + SchemaHistory.TABLE + "\"";
      case MARIADB -> SchemaHistory.TABLE;
    };
  }

  /** The options that have a command use it. */
  public List<String> options() {
    return List.of(
        "--spring.datasource.url=" + url,
        "--spring.datasource.username=" + user,
        "--spring.datasource.password=" + password);
  }
}
