package dev.stretto.database;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.Objects;
import org.springframework.jdbc.core.ConnectionCallback;
import org.springframework.jdbc.core.JdbcTemplate;

/** Whose database it is, where that makes a difference to a statement. */
public enum Vendor {
  /** In a file or in memory, mostly within this JVM. */
  H2,
  /** Takes arrays, so that one statement changes many rows. */
  POSTGRESQL,
  /** Its driver can send the rows of a batch without waiting for the answer to each. */
  MARIADB;

  /**
   * Asks the connection, which knows without asking the server.
   *
   * @throws SQLFeatureNotSupportedException where Stretto has no tables for that database
   */
  public static Vendor of(Connection connection) throws SQLException {
    DatabaseMetaData database = connection.getMetaData();
    return switch (database.getDatabaseProductName()) {
      case "H2" -> H2;
      case "PostgreSQL" -> POSTGRESQL;
      case "MariaDB" -> MARIADB;
      default ->
          throw new SQLFeatureNotSupportedException(
              "is a "
                  + database.getDatabaseProductName()
                  + "; Stretto runs on H2, PostgreSQL and MariaDB");
    };
  }

  /** Asks one of its connections. */
  public static Vendor of(JdbcTemplate jdbc) {
    return Objects.requireNonNull(jdbc.execute((ConnectionCallback<Vendor>) Vendor::of));
  }
}
