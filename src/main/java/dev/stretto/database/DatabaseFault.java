package dev.stretto.database;

import java.sql.BatchUpdateException;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientConnectionException;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.TransactionSystemException;

/**
 * Why a transaction failed, as far as it matters to whoever may try it again. A transaction that
 * failed before its commit was begun did not happen. One whose commit failed did not happen either,
 * except that with {@link #CONNECTION_LOST} nobody knows.
 */
public enum DatabaseFault {
  /** The connection, or the server behind it, is gone or refuses service for now. */
  CONNECTION_LOST,
  /** Given up for another transaction: they waited for each other, or can't be put in an order. */
  DEADLOCK,
  /** Another transaction held a lock, or a resource, for too long. */
  LOCK_TIMEOUT,
  /** The server takes no writes for now: after a failover it may be the one that follows. */
  READ_ONLY,
  /** The server, or what it allows this user, has no connection left. */
  NO_CONNECTION_LEFT,
  /** Anything else: trying again would fail again. */
  OTHER;

  /**
   * PostgreSQL's, beside those of class 08: the server ends the session, crashed or is starting, or
   * the session was idle for too long.
   */
  private static final Set<String> LOST_STATES =
      Set.of("57P01", "57P02", "57P03", "57P04", "57P05", "25P03", "25P04");

  private static final String POSTGRESQL_READ_ONLY = "25006";
  private static final String POSTGRESQL_NO_CONNECTION = "53300";

  /** MariaDB's, where any option forbids the statement; the message says which. */
  private static final int MARIADB_OPTION = 1290;

  private static final int MARIADB_READ_ONLY = 1836;

  /** All connections are taken, or all of this user's, by the server's settings or its own. */
  private static final Set<Integer> MARIADB_NO_CONNECTION = Set.of(1040, 1203, 1226);

  /** H2's: broken, closed by another, closed as the JVM ended. They are its SQL states, too. */
  private static final Set<String> H2_LOST_STATES = Set.of("90067", "90098", "90121");

  /** Serialization failure; PostgreSQL's deadlock; H2's concurrent update. */
  private static final Set<String> DEADLOCK_STATES = Set.of("40001", "40P01", "90131");

  /** PostgreSQL's lock_timeout; H2's. */
  private static final Set<String> TIMEOUT_STATES = Set.of("55P03", "HYT00");

  private static final int MARIADB_LOCK_TIMEOUT = 1205;
  private static final int MARIADB_DEADLOCK = 1213;
  private static final int MARIADB_CHANGED_SINCE_READ = 1020;

  /** Shutting down; gone away; lost during a query; killed; idle in a transaction for too long. */
  private static final Set<Integer> MARIADB_LOST = Set.of(1053, 2006, 2013, 1927, 4031);

  /** What HikariCP says, without a state, of a connection that it closed because it was lost. */
  private static final String POOLED_CONNECTION_GONE = "Connection is closed";

  /** Looks through the causes for what the database said. */
  public static DatabaseFault of(Throwable failure) {
    DatabaseFault first = OTHER;
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof TransactionSystemException rollback
          && rollback.getApplicationException() != null) {
        return of(rollback.getApplicationException());
      }
      if (cause instanceof SQLException said) {
        DatabaseFault fault = of(said);
        if (fault == NO_CONNECTION_LEFT) {
          // A pool says of each reason, before it says which, that there is no connection.
          return fault;
        }
        if (first == OTHER) {
          first = fault;
        }
      }
    }
    return first;
  }

  /**
   * What the database said: the driver's own words and its SQL state, which Spring's message has
   * behind the whole statement.
   *
   * @return one line, or null where no database said anything
   */
  public static @Nullable String said(Throwable failure) {
    SQLException said = null;
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof TransactionSystemException rollback
          && rollback.getApplicationException() != null) {
        return said(rollback.getApplicationException());
      }
      if (cause instanceof SQLException sql) {
        said = sql;
      }
    }
    if (said == null) {
      return null;
    }
    SQLException last = said;
    while (last instanceof BatchUpdateException && last.getNextException() != null) {
      last = last.getNextException();
    }
    String message = String.valueOf(last.getMessage()).strip().replaceAll("\\s*\\R\\s*", " ");
    return last.getSQLState() == null || message.contains(last.getSQLState())
        ? message
        : message + " (SQLSTATE " + last.getSQLState() + ")";
  }

  private static DatabaseFault of(SQLException said) {
    for (SQLException each = said; each != null; each = each.getNextException()) {
      DatabaseFault fault = ofThisAlone(each);
      if (fault != OTHER) {
        return fault;
      }
    }
    return OTHER;
  }

  private static DatabaseFault ofThisAlone(SQLException said) {
    String state = String.valueOf(said.getSQLState());
    // Error codes are MariaDB's own: PostgreSQL has none, and H2's are its states or far higher.
    int code = said.getErrorCode();
    if (DEADLOCK_STATES.contains(state)
        || code == MARIADB_DEADLOCK
        || code == MARIADB_CHANGED_SINCE_READ) {
      return DEADLOCK;
    }
    if (TIMEOUT_STATES.contains(state) || code == MARIADB_LOCK_TIMEOUT) {
      return LOCK_TIMEOUT;
    }
    if (state.equals(POSTGRESQL_READ_ONLY)
        || code == MARIADB_READ_ONLY
        || (code == MARIADB_OPTION && String.valueOf(said.getMessage()).contains("read-only"))) {
      return READ_ONLY;
    }
    if (state.equals(POSTGRESQL_NO_CONNECTION) || MARIADB_NO_CONNECTION.contains(code)) {
      return NO_CONNECTION_LEFT;
    }
    if (state.startsWith("08")
        || LOST_STATES.contains(state)
        || H2_LOST_STATES.contains(state)
        || MARIADB_LOST.contains(code)
        || said instanceof SQLTransientConnectionException
        || said instanceof SQLNonTransientConnectionException
        || said instanceof SQLRecoverableException
        || POOLED_CONNECTION_GONE.equals(said.getMessage())) {
      return CONNECTION_LOST;
    }
    return OTHER;
  }
}
