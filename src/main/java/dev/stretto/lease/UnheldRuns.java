package dev.stretto.lease;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Since when job executions are seen that look as if they ran and never held their channel, as the
 * lease's row in {@code channel_lease} notes it.
 */
final class UnheldRuns {

  /**
   * How long one may be seen before its process is taken for dead: it may wait for a lease, for a
   * transport that opens, or in an executor's queue.
   */
  private static final Duration PATIENCE = Duration.ofHours(1);

  private static final String READ =
      "select unheld_run, unheld_at, current_timestamp(3) from channel_lease where channel = ?";

  private static final String NOTE =
      "update channel_lease set unheld_run = ?, unheld_at = ?"
          + " where channel = ? and fence = ? and owner = ?";

  private final Connection connection;
  private final String owner;
  private final Duration patience;

  /**
   * @param lease how long a lease lasts
   */
  UnheldRuns(Connection connection, String owner, Duration lease) {
    this.connection = connection;
    this.owner = owner;
    Duration leases = lease.multipliedBy(4);
    this.patience = leases.compareTo(PATIENCE) > 0 ? leases : PATIENCE;
  }

  /** As {@link Leases#deadUpTo} says. */
  long deadUpTo(LeaseTable.Held lease, @Nullable Long newest) throws SQLException {
    Noted seen = read(lease.channel());
    boolean noted = seen.upTo() > 0;
    if (newest != null && noted && seen.now().isBefore(seen.at().plus(patience))) {
      return 0;
    }
    long dead = newest == null ? 0 : seen.upTo();
    Long living = newest != null && newest > dead ? newest : null;
    if (noted || living != null) {
      note(lease, living, seen.now());
    }
    return dead;
  }

  /**
   * What was noted.
   *
   * @param upTo the last of them, or 0 where none is noted
   * @param at when they were noted
   * @param now the database's time at the reading
   */
  private record Noted(long upTo, Instant at, Instant now) {}

  private Noted read(String channel) throws SQLException {
    try (PreparedStatement read = connection.prepareStatement(READ)) {
      read.setString(1, channel);
      try (ResultSet row = read.executeQuery()) {
        row.next();
        Timestamp at = row.getTimestamp(2);
        Instant now = row.getTimestamp(3).toInstant();
        return new Noted(row.getLong(1), at == null ? now : at.toInstant(), now);
      }
    }
  }

  /** Notes that those up to this one are seen now; or, where it is null, that there are none. */
  private void note(LeaseTable.Held lease, @Nullable Long upTo, Instant now) throws SQLException {
    try (PreparedStatement note = connection.prepareStatement(NOTE)) {
      note.setObject(1, upTo, Types.BIGINT);
      note.setTimestamp(2, upTo == null ? null : Timestamp.from(now));
      note.setString(3, lease.channel());
      note.setLong(4, lease.fence());
      note.setString(5, owner);
      note.executeUpdate();
    }
  }
}
