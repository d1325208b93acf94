package dev.stretto.lease;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.function.LongSupplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The connection of {@link Leases}, which is opened again where it was lost; under their lock. */
final class LeaseConnection {

  private static final Logger LOG = LoggerFactory.getLogger(LeaseConnection.class);

  /** For how long one that works is used without asking it whether it does. */
  private static final Duration PROVEN = Duration.ofMillis(50);

  private final DataSource database;
  private final Duration lease;
  private final LongSupplier nanos;
  private @Nullable Connection connection;

  /** When it was last seen to work. */
  private long provenAt;

  /**
   * @param lease how long a lease lasts
   */
  LeaseConnection(DataSource database, Duration lease, LongSupplier nanos) {
    this.database = database;
    this.lease = lease;
    this.nanos = nanos;
  }

  /**
   * The connection, which commits each statement by itself.
   *
   * @throws SQLException where there is none to be had
   */
  Connection open() throws SQLException {
    Connection open = connection;
    if (open != null && nanos.getAsLong() - provenAt < PROVEN.toNanos()) {
      return open;
    }
    if (open == null || !open.isValid(1)) {
      drop();
      open = database.getConnection();
      open.setAutoCommit(true);
      open.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
      // An answer that takes a lease's time comes too late. H2 gives a lock up after 2 s by itself.
      open.setNetworkTimeout(Runnable::run, (int) Math.min(Integer.MAX_VALUE, lease.toMillis()));
      connection = open;
    }
    provenAt = nanos.getAsLong();
    return open;
  }

  /** Closes it; the next use opens another. */
  void drop() {
    if (connection != null) {
      try {
        connection.close();
      } catch (SQLException e) {
        LOG.debug("closing the lease's connection failed", e);
      }
      connection = null;
    }
  }
}
