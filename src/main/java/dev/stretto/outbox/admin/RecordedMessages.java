package dev.stretto.outbox.admin;

import dev.stretto.message.Status;
import dev.stretto.outbox.QueueState;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Reads what {@code outbox_message} says of a channel's messages in position order: a page at a
 * time, from the index, one cursor for each place in the queue, merged. So memory does not grow
 * with the channel, nothing is sorted, and no transaction outlives a page.
 */
public final class RecordedMessages {

  private static final int PAGE = 1000;

  private final JdbcTemplate jdbc;

  public RecordedMessages(JdbcTemplate jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * Shows every message that has a position, in its order, each once. One that is moved meanwhile
   * may be left out.
   *
   * @param visitor returns whether to go on
   */
  public void visit(String channel, Predicate<RecordedMessage> visitor) {
    PriorityQueue<Cursor> cursors = new PriorityQueue<>(Comparator.comparingLong(Cursor::position));
    for (int queue = QueueState.WAITING; queue <= QueueState.DELIVERED; queue++) {
      Cursor cursor = new Cursor(channel, queue);
      if (cursor.advance(0)) {
        cursors.add(cursor);
      }
    }
    long last = 0;
    while (!cursors.isEmpty()) {
      Cursor cursor = cursors.remove();
      RecordedMessage message = cursor.take();
      // What moved since it was read comes a second time.
      if (message.position() > last && !visitor.test(message)) {
        return;
      }
      last = message.position();
      if (cursor.advance(last)) {
        cursors.add(cursor);
      }
    }
  }

  /** The queue is no parameter: on PostgreSQL the index is chosen by its number. */
  static String read(int queue) {
    return """
    select position, message_id, ordering_key, status, attempts, last_error,
           start_fence, start_number, fence, started_at, settled_at
      from outbox_message
     where channel = ? and queue = %d and position > ?
     order by channel, queue, position
     limit ?
    """
        .formatted(queue);
  }

  private final class Cursor {
    private final String channel;
    private final int queue;
    private final ArrayDeque<RecordedMessage> page = new ArrayDeque<>();

    Cursor(String channel, int queue) {
      this.channel = channel;
      this.queue = queue;
    }

    /** Whether there is a message behind the position. */
    boolean advance(long after) {
      if (page.isEmpty()) {
        page.addAll(jdbc.query(read(queue), (row, number) -> recorded(row), channel, after, PAGE));
      }
      return !page.isEmpty();
    }

    long position() {
      return page.element().position();
    }

    RecordedMessage take() {
      return page.remove();
    }
  }

  private static RecordedMessage recorded(ResultSet row) throws SQLException {
    Long firstFence = row.getObject(7, Long.class);
    Long lastFence = row.getObject(9, Long.class);
    return new RecordedMessage(
        row.getLong(1),
        row.getString(2),
        row.getString(3),
        Status.valueOf(row.getString(4)),
        row.getInt(5),
        row.getString(6),
        firstFence == null ? null : new RecordedMessage.Start(firstFence, row.getLong(8)),
        lastFence == null
            ? null
            : new RecordedMessage.Stay(
                lastFence, instant(row.getTimestamp(10)), instant(row.getTimestamp(11))));
  }

  private static @Nullable Instant instant(@Nullable Timestamp time) {
    return time == null ? null : time.toInstant();
  }
}
