package dev.stretto.database;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Locale;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** A database of a test's own, to be reached from any process. */
public record FreshDatabase(Database vendor, String url, String user, String password) {

  /** A connection whose times are UTC. */
  public Connection connect() throws SQLException {
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
    Flyway.configure()
        .dataSource(url, user, password)
        .locations("classpath:db/migration/" + vendor.name().toLowerCase(Locale.ROOT))
        .load()
        .migrate();
    return this;
  }

  /** Connects anew each time. */
  public DataSource dataSource() {
    return new DriverManagerDataSource(url, user, password);
  }

  /** The options that have a command use it. */
  public List<String> options() {
    return List.of(
        "--spring.datasource.url=" + url,
        "--spring.datasource.username=" + user,
        "--spring.datasource.password=" + password);
  }
}
