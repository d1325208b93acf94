package dev.stretto.lease;

import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The table {@code channel_lease}, over one connection in auto-commit mode. Times are the
 * database's.
 */
final class LeaseTable {

  static final String CREATE =
      """
      insert into channel_lease (channel)
      select ? where not exists (select 1 from channel_lease where channel = ?)
      """;

  /**
   * The two before the pause are the fences that other tables know of, which are higher where this
   * one was restored from a backup, or emptied, by itself. Of {@code outbox_run} only what is
   * higher is read: nothing, as a rule.
   */
  private static final String READ =
      """
      select l.fence, l.owner, l.run, l.expires_at, current_timestamp(3),
             coalesce(c.fence, 0),
             (select max(r.fence) from outbox_run r
               where r.channel = l.channel and r.fence > l.fence
                 and r.fence > coalesce(c.fence, 0)),
             l.paused_at, l.paused_by, l.pause_reason
        from channel_lease l left join outbox_channel c on c.channel = l.channel
       where l.channel = ?
      """;

  private static final String NOW = "select current_timestamp(3)";

  private static final String TAKE =
      """
      update channel_lease set fence = ?, owner = ?, expires_at = ?
       where channel = ? and fence = ? and (owner is null or expires_at <= ?)
         and paused_at is null
      """;

  private static final String RENEW =
      "update channel_lease set expires_at = ? where channel = ? and fence = ? and owner = ?";

  private static final String NOTE_RUN =
      "update channel_lease set run = ? where channel = ? and fence = ? and owner = ?";

  private static final String ASK_TO_STOP =
      "update channel_lease set stop_run = ? where channel = ? and run = ? and owner is not null";

  private static final String WORDS =
      """
      select channel, fence, stop_run, %s from channel_lease
       where stop_run is not null or paused_at is not null
      """
          .formatted(Pause.COLUMNS);

  private static final String HOLDERS =
      """
      select channel, fence, owner, run, expires_at, current_timestamp(3)
        from channel_lease where owner is not null
      """;

  private static final String RELEASE =
      "update channel_lease set owner = null, expires_at = null where channel = ? and fence = ? and"
          + " owner = ?";

  private final Connection connection;

  LeaseTable(Connection connection) {
    this.connection = connection;
  }

  /**
   * A row as read.
   *
   * @param nextFence higher than every fence that was given in the channel
   * @param run the last job execution noted, or null
   * @param now the database's time at the reading
   * @param pause why nobody may take the lease, or null
   */
  record Row(
      long fence,
      long nextFence,
      @Nullable String owner,
      @Nullable Long run,
      @Nullable Instant expiresAt,
      Instant now,
      @Nullable Pause pause) {

    /** Whether somebody holds the channel. */
    boolean held() {
      return owner != null && expiresAt != null && expiresAt.isAfter(now);
    }

    /** Whether somebody held it and never gave it back. */
    boolean abandoned() {
      return owner != null && !held();
    }
  }

  Row read(String channel) throws SQLException {
    Row row = find(channel);
    if (row == null) {
      create(channel);
      row = find(channel);
    }
    return Objects.requireNonNull(row, channel);
  }

  private @Nullable Row find(String channel) throws SQLException {
    try (PreparedStatement read = connection.prepareStatement(READ)) {
      read.setString(1, channel);
      try (ResultSet row = read.executeQuery()) {
        if (!row.next()) {
          return null;
        }
        long others = Math.max(row.getLong(6), row.getLong(7));
        return row(row, 1, others, Pause.of(row, 8));
      }
    }
  }

  private void create(String channel) throws SQLException {
    try (PreparedStatement create = connection.prepareStatement(CREATE)) {
      create.setString(1, channel);
      create.setString(2, channel);
      create.executeUpdate();
    } catch (SQLException e) {
      // Two runs may create the row at once; the one that came second reads the other's.
      if (e.getSQLState() == null || !e.getSQLState().startsWith("23")) {
        throw e;
      }
    }
  }

  /**
   * Reads fence, owner, run, expiry and the database's time.
   *
   * @param first the column of the fence
   * @param others the highest fence that another table knows of
   */
  private static Row row(ResultSet row, int first, long others, @Nullable Pause pause)
      throws SQLException {
    long fence = row.getLong(first);
    long run = row.getLong(first + 2);
    Long noted = row.wasNull() ? null : Long.valueOf(run);
    Timestamp expiresAt = row.getTimestamp(first + 3);
    return new Row(
        fence,
        Math.max(fence, others) + 1,
        row.getString(first + 1),
        noted,
        expiresAt == null ? null : expiresAt.toInstant(),
        row.getTimestamp(first + 4).toInstant(),
        pause);
  }

  /**
   * Takes the lease where nobody has changed it since it was read, or paused the channel; false
   * where somebody has.
   */
  boolean take(String channel, Row seen, String owner, Duration duration) throws SQLException {
    try (PreparedStatement take = connection.prepareStatement(TAKE)) {
      take.setLong(1, seen.nextFence());
      take.setString(2, owner);
      take.setTimestamp(3, Timestamp.from(seen.now().plus(duration)));
      take.setString(4, channel);
      take.setLong(5, seen.fence());
      take.setTimestamp(6, Timestamp.from(seen.now()));
      return take.executeUpdate() == 1;
    }
  }

  /** A lease as its holder knows it. */
  record Held(String channel, long fence) {}

  /**
   * Puts the expiry of leases off, all of them in two statements, or one by one where the driver
   * does not tell which rows a batch changed, as MariaDB's with {@code useBulkStmts}.
   *
   * @return for each whether it was put off: not where another run has taken the lease
   */
  List<Boolean> renew(List<Held> leases, String owner, Duration duration) throws SQLException {
    Instant now;
    try (PreparedStatement clock = connection.prepareStatement(NOW);
        ResultSet row = clock.executeQuery()) {
      row.next();
      now = row.getTimestamp(1).toInstant();
    }
    Timestamp until = Timestamp.from(now.plus(duration));
    try (PreparedStatement renew = connection.prepareStatement(RENEW)) {
      for (Held lease : leases) {
        bind(renew, until, lease, owner);
        renew.addBatch();
      }
      int[] rows = renew.executeBatch();
      List<Boolean> renewed = new ArrayList<>();
      for (int i = 0; i < rows.length; i++) {
        if (rows[i] == Statement.SUCCESS_NO_INFO) {
          bind(renew, until, leases.get(i), owner);
          renewed.add(renew.executeUpdate() == 1);
        } else {
          renewed.add(rows[i] == 1);
        }
      }
      return renewed;
    } catch (BatchUpdateException e) {
      throw said(e);
    }
  }

  private static void bind(PreparedStatement renew, Timestamp until, Held lease, String owner)
      throws SQLException {
    renew.setTimestamp(1, until);
    renew.setString(2, lease.channel());
    renew.setLong(3, lease.fence());
    renew.setString(4, owner);
  }

  /** What went wrong with a batch: by driver it is what follows the exception, or its cause. */
  private static SQLException said(BatchUpdateException failure) {
    SQLException next = failure.getNextException();
    if (next != null) {
      return next;
    }
    return failure.getCause() instanceof SQLException cause ? cause : failure;
  }

  void noteRun(String channel, long fence, String owner, long run) throws SQLException {
    try (PreparedStatement note = connection.prepareStatement(NOTE_RUN)) {
      note.setLong(1, run);
      note.setString(2, channel);
      note.setLong(3, fence);
      note.setString(4, owner);
      note.executeUpdate();
    }
  }

  /** Leaves word for the run; false where it does not hold the channel. */
  boolean askToStop(String channel, long run) throws SQLException {
    try (PreparedStatement ask = connection.prepareStatement(ASK_TO_STOP)) {
      ask.setLong(1, run);
      ask.setString(2, channel);
      ask.setLong(3, run);
      return ask.executeUpdate() == 1;
    }
  }

  /**
   * What people left word of.
   *
   * @param asked the run that was to stop, or null where none ever was
   * @param pause why nothing is to start on the channel, or null
   */
  record Word(@Nullable Long asked, @Nullable Pause pause) {}

  /** The words that are left, each with the lease that the channel has now. */
  Map<Held, Word> words() throws SQLException {
    Map<Held, Word> words = new HashMap<>();
    try (PreparedStatement read = connection.prepareStatement(WORDS);
        ResultSet rows = read.executeQuery()) {
      while (rows.next()) {
        long run = rows.getLong(3);
        Long asked = rows.wasNull() ? null : Long.valueOf(run);
        words.put(new Held(rows.getString(1), rows.getLong(2)), new Word(asked, Pause.of(rows, 4)));
      }
    }
    return words;
  }

  /** Those that hold a channel now, by channel. */
  Map<String, Row> holders() throws SQLException {
    Map<String, Row> holders = new HashMap<>();
    try (PreparedStatement read = connection.prepareStatement(HOLDERS);
        ResultSet rows = read.executeQuery()) {
      while (rows.next()) {
        Row row = row(rows, 2, 0, null);
        if (row.held()) {
          holders.put(rows.getString(1), row);
        }
      }
    }
    return holders;
  }

  void release(String channel, long fence, String owner) throws SQLException {
    try (PreparedStatement release = connection.prepareStatement(RELEASE)) {
      release.setString(1, channel);
      release.setLong(2, fence);
      release.setString(3, owner);
      release.executeUpdate();
    }
  }
}
