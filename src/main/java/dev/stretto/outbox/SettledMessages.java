package dev.stretto.outbox;

import dev.stretto.database.RepeatedTransaction;
import java.sql.Timestamp;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
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
 * are looked at in position order instead, which is nearly that of time.
 */
public final class SettledMessages {

  /** Rows of one look, and of one transaction. */
  private static final int BATCH = 1000;

  private static final List<Integer> REMOVABLE =
      List.of(QueueState.DELIVERED, QueueState.DISCARDED);

  private static final String NOW = "select current_timestamp(3)";

  private static final String REMOVE =
      "delete from outbox_message where id = ? and queue = ? and settled_at < ?";

  private final JdbcTemplate jdbc;
  private final RepeatedTransaction transaction;

  public SettledMessages(JdbcTemplate jdbc, TransactionTemplate transaction) {
    this.jdbc = jdbc;
    this.transaction = new RepeatedTransaction(transaction);
  }

  /**
   * Removes all that were settled longer ago than that, in transactions of 1,000 rows that lock
   * nothing a producer or a run needs, each tried again where the database failed in passing. Reads
   * every delivered and discarded message of the channel. Blocks until that is done.
   *
   * @param age more than 0
   * @return how many were removed
   */
  public long purge(String channel, Duration age) {
    return new Sweep(channel, age, Long.MAX_VALUE, false).run();
  }

  /**
   * Removes the oldest of them, for a run's end: gives up at the first 1,000 in position order
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
    select id, position, settled_at
      from outbox_message
     where channel = ? and queue = %d and position > ?
     order by channel, queue, position
     limit ?
    """
        .formatted(queue);
  }

  private record Row(long id, long position, @Nullable Timestamp settledAt) {}

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
      REMOVABLE.forEach(this::sweep);
      return removed;
    }

    private void sweep(int queue) {
      long after = 0;
      while (removed < most) {
        long from = after;
        Looked looked = transaction.execute(() -> removeOld(queue, from));
        removed += looked.removed();
        if (looked.rows() < BATCH || (looked.old() == 0 && oldestOnly)) {
          return;
        }
        after = looked.lastPosition();
      }
    }

    private Looked removeOld(int queue, long after) {
      List<Row> page =
          jdbc.query(
              read(queue),
              (row, number) -> new Row(row.getLong(1), row.getLong(2), row.getTimestamp(3)),
              channel,
              after,
              BATCH);
      List<Object[]> old = new ArrayList<>();
      for (Row row : page) {
        if (row.settledAt() != null && row.settledAt().before(before)) {
          old.add(new Object[] {row.id(), queue, before});
        }
      }
      int gone = old.isEmpty() ? 0 : Arrays.stream(jdbc.batchUpdate(REMOVE, old)).sum();
      return new Looked(
          page.size(), old.size(), gone, page.isEmpty() ? after : page.getLast().position());
    }
  }

  /**
   * What was found in one look.
   *
   * @param rows how many rows there were
   * @param old how many of them were old enough
   * @param removed how many of those are removed, as others may have been quicker
   * @param lastPosition of the last row
   */
  private record Looked(int rows, int old, int removed, long lastPosition) {}
}
