package dev.stretto.database.schema;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import java.util.Set;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.core.env.Environment;

/**
 * Makes the pool's sessions those of a guest: in Stretto's schema, and with limits that the server
 * keeps.
 */
final class GuestPool implements BeanPostProcessor {

  private static final Logger LOG = LoggerFactory.getLogger(GuestPool.class);

  /** SQL states: a pooler takes no options; a server does not know one of them, or its value. */
  private static final Set<String> REFUSED = Set.of("08P01", "42704", "22023");

  private final Environment environment;

  GuestPool(Environment environment) {
    this.environment = environment;
  }

  @Override
  public Object postProcessAfterInitialization(Object bean, String beanName) {
    if (!(bean instanceof DataSource connections)) {
      return bean;
    }
    HikariDataSource pool = pool(connections);
    String prelude = pool == null ? null : limit(pool);
    return new SchemaDataSource(connections, environment.getProperty(Schema.PROPERTY), prelude);
  }

  /** The pool behind the connections, whatever wraps it; null where there is none. */
  private static @Nullable HikariDataSource pool(DataSource connections) {
    try {
      return connections.isWrapperFor(HikariDataSource.class)
          ? connections.unwrap(HikariDataSource.class)
          : null;
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Returns what has to be said in each transaction instead, or null. */
  private @Nullable String limit(HikariDataSource pool) {
    String url = String.valueOf(pool.getJdbcUrl());
    SessionLimits limits = SessionLimits.of(environment);
    if (url.startsWith("jdbc:mariadb:")) {
      pool.addDataSourceProperty("sessionVariables", sessionVariables(url, limits));
    } else if (url.startsWith("jdbc:postgresql:")) {
      if (!takesOptions(pool, limits)) {
        LOG.debug("A pooler, or the URL, has the sessions' options: limits are set by transaction");
        return limits.prelude();
      }
      pool.addDataSourceProperty("options", limits.options());
    }
    return null;
  }

  /** What the URL says wins, so it is said last. */
  private static String sessionVariables(String url, SessionLimits limits) {
    for (String setting : url.replaceFirst("[^?]*\\??", "").split("&")) {
      if (setting.startsWith("sessionVariables=")) {
        return limits.sessionVariables() + "," + setting.substring(setting.indexOf('=') + 1);
      }
    }
    return limits.sessionVariables();
  }

  /**
   * Whether a session that asks for limits as it begins has them. A pooler that hands sessions out
   * by transaction refuses or ignores them; one that the server is asked for later would stay with
   * the session, for whoever has it next.
   */
  private static boolean takesOptions(HikariDataSource pool, SessionLimits limits) {
    Properties properties = new Properties();
    if (pool.getUsername() != null) {
      properties.setProperty("user", pool.getUsername());
    }
    if (pool.getPassword() != null) {
      properties.setProperty("password", pool.getPassword());
    }
    properties.setProperty("options", limits.options());
    String query =
        "select setting from pg_catalog.pg_settings where name ="
            + " 'idle_in_transaction_session_timeout'";
    try (Connection connection = DriverManager.getConnection(pool.getJdbcUrl(), properties);
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      return row.next() && row.getLong(1) == limits.idleInTransaction().toMillis();
    } catch (SQLException e) {
      LOG.debug("No session with options", e);
      return !REFUSED.contains(String.valueOf(e.getSQLState()));
    }
  }
}
