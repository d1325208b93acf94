package dev.stretto.outbox;

import dev.stretto.database.RepeatedTransaction;
import java.sql.Timestamp;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The messages of {@code outbox_message} that nothing more happens to: delivered and discarded.
 * Removes the old ones. Parked messages are settled too, but stay: someone may still want to
 * redrive them.
 *
 * <p>There is no index on the time, which every append and settlement would pay for; the messages
 * are looked at in position order instead, until none of a page is old and one was appended too
 * late to be: what is behind that one got its position after it was appended, and was settled later
 * still.
 */
public final class SettledMessages {

  /** Rows of one look, and of one transaction; some tens of milliseconds' work. */
  private static final int BATCH = 2500;

  /** Rows of the first look, enough to see that there is nothing to do. */
  private static final int FIRST = 50;

  private static final List<Integer> REMOVABLE =
      List.of(QueueState.DELIVERED, QueueState.DISCARDED);

  private static final String NOW = "select current_timestamp(3)";

  private final JdbcTemplate jdbc;
  private final MessageWrites writes;
  private final CountTable counts;
  private final RepeatedTransaction transaction;

  public SettledMessages(JdbcTemplate jdbc, TransactionTemplate transaction) {
    this.jdbc = jdbc;
    this.writes = MessageWrites.of(jdbc);
    this.counts = new CountTable(jdbc);
    this.transaction = new RepeatedTransaction(transaction);
  }

  /**
   * Removes all that were settled longer ago than that, in transactions of 2,500 rows that lock
   * nothing a producer or a run needs, each tried again where the database failed in passing. Reads
   * those, and what was settled since and appended before. Blocks until that is done.
   *
   * @param age more than 0
   * @return how many were removed
   */
  public long purge(String channel, Duration age) {
    return new Sweep(channel, age, Long.MAX_VALUE, false).run();
  }

  /**
   * Removes the oldest of them, for a run's end: gives up at the first 2,500 in position order
   * among which none is old enough, so that it costs next to nothing where there is nothing to do.
   * Old ones behind those stay until {@link #purge}, or until those are old too.
   *
   * @param age more than 0
   * @param most how many to remove at the most, 1 or more; by up to 999 it may be exceeded
   * @return how many were removed
   */
  public long purgeOldest(String channel, Duration age, long most) {
    return new Sweep(channel, age, most, true).run();
  }

  /** The queue is no parameter: on PostgreSQL the index is chosen by its number. */
  static String read(int queue) {
    return """
    select id, position, settled_at, created_at
      from outbox_message
     where channel = ? and queue = %d and position > ?
     order by channel, queue, position
     limit ?
    """
        .formatted(queue);
  }

  private record Row(long id, long position, @Nullable Timestamp settledAt, Timestamp createdAt) {

    boolean settled(Timestamp before) {
      return settledAt != null && settledAt.before(before);
    }

    /** A time that somebody's SQL gave it, and that can't be, says nothing of those behind. */
    boolean appendedAfter(Timestamp time) {
      return settledAt != null && !createdAt.before(time) && !settledAt.before(createdAt);
    }
  }

  private final class Sweep {
    private final String channel;
    private final Timestamp before;
    private final long most;
    private final boolean oldestOnly;
    private long removed;

    Sweep(String channel, Duration age, long most, boolean oldestOnly) {
      this.channel = channel;
      this.before =
          Timestamp.from(
              Objects.requireNonNull(jdbc.queryForObject(NOW, Timestamp.class))
                  .toInstant()
                  .minus(age));
      this.most = most;
      this.oldestOnly = oldestOnly;
    }

    long run() {
      if (counts.isMissing(channel)) {
        transaction.execute(() -> counts.create(channel));
      }
      REMOVABLE.forEach(this::sweep);
      return removed;
    }

    private void sweep(int queue) {
      long after = 0;
      while (removed < most) {
        long from = after;
        Looked looked = transaction.execute(() -> removeOld(queue, from));
        removed += looked.removed();
        if (!looked.more() || (!looked.old() && oldestOnly && from > 0)) {
          return;
        }
        after = looked.lastPosition();
      }
    }

    private Looked removeOld(int queue, long after) {
      int most = after == 0 ? FIRST : BATCH;
      List<Row> page =
          jdbc.query(
              read(queue),
              (row, number) ->
                  new Row(row.getLong(1), row.getLong(2), row.getTimestamp(3), row.getTimestamp(4)),
              channel,
              after,
              most);
      boolean anyOld = page.stream().anyMatch(row -> row.settled(before));
      if (anyOld) {
        return remove(queue, after, page, page.size() == most);
      }
      boolean past = page.stream().anyMatch(row -> row.appendedAfter(before));
      return new Looked(page.size() == most && !past, false, 0, last(page, after));
    }

    /**
     * Of the rows on both sides of the count's end only those before it, so that it can be told.
     */
    private Looked remove(int queue, long after, List<Row> page, boolean more) {
      long counted = counts.lock(channel);
      boolean within = after < counted;
      List<Row> rows =
          within ? page.stream().filter(row -> row.position() <= counted).toList() : page;
      int gone =
          writes.remove(
              rows.stream().filter(row -> row.settled(before)).map(Row::id).toList(),
              queue,
              before);
      counts.removed(channel, queue, gone, within);
      return new Looked(
          more || rows.size() < page.size(),
          true,
          gone,
          within && rows.isEmpty() ? counted : last(rows, after));
    }

    private static long last(List<Row> rows, long after) {
      return rows.isEmpty() ? after : rows.getLast().position();
    }
  }

  /**
   * What was found in one look.
   *
   * @param more whether there may be old ones behind these
   * @param old whether any was old enough
   * @param removed how many of those are removed, as others may have been quicker
   * @param lastPosition up to which all was looked at
   */
  private record Looked(boolean more, boolean old, int removed, long lastPosition) {}
}
