package dev.stretto.outbox;

import dev.stretto.database.Batches;
import dev.stretto.message.Message;
import dev.stretto.message.Settlement;
import dev.stretto.message.Status;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.springframework.jdbc.core.JdbcTemplate;

/** A statement for each row, many of them sent at once. */
final class BatchWrites implements MessageWrites {

  private static final String PLACE =
      "update outbox_message set position = ?, queue = ? where id = ? and queue in (0, 1)";

  private static final String UNHOLD =
      "update outbox_message set queue = 1 where id = ? and queue = 3";

  private static final String SHOW =
      """
      update outbox_message set status = 'IN_FLIGHT', queue = 2, position = ?
       where id = ? and queue in (0, 1)
      """;

  private static final String SETTLE =
      """
      update outbox_message
         set status = ?, queue = ?, position = ?, attempts = ?, last_error = ?, fence = ?,
             start_fence = coalesce(start_fence, ?), start_number = coalesce(start_number, ?),
             started_at = ?, first_started_at = coalesce(first_started_at, ?),
             settled_at = case when ? then null else current_timestamp(3) end
       where id = ? and queue in (0, 1, 2)
      """;

  private static final String DELIVER =
      """
      update outbox_message
         set status = 'DELIVERED', queue = 6, position = ?, attempts = ?, last_error = null,
             fence = ?, start_fence = coalesce(start_fence, ?),
             start_number = coalesce(start_number, ?), started_at = ?, settled_at = ?
       where id = ? and queue in (0, 1, 2)
      """;

  private static final String REMOVE =
      "delete from outbox_message where id = ? and queue = ? and settled_at < ?";

  private final JdbcTemplate jdbc;

  BatchWrites(JdbcTemplate jdbc) {
    this.jdbc = jdbc;
  }

  @Override
  public void place(List<Message> messages, boolean held) {
    Batches.update(
        jdbc,
        PLACE,
        messages,
        (statement, message) -> {
          statement.setLong(1, message.position());
          statement.setInt(2, held ? QueueState.HELD : QueueState.WAITING);
          statement.setLong(3, message.id());
        });
  }

  @Override
  public void unhold(List<Long> ids) {
    Batches.update(jdbc, UNHOLD, ids, (statement, id) -> statement.setLong(1, id));
  }

  @Override
  public void show(List<Message> claimed) {
    Batches.update(
        jdbc,
        SHOW,
        claimed,
        (statement, message) -> {
          statement.setLong(1, message.position());
          statement.setLong(2, message.id());
        });
  }

  @Override
  public void settle(List<Settlement> settlements, long fence) {
    Batches.update(
        jdbc,
        SETTLE,
        settlements,
        (statement, settlement) -> {
          statement.setString(1, settlement.status().name());
          statement.setInt(2, QueueState.of(settlement.status()));
          statement.setLong(3, settlement.message().position());
          statement.setInt(4, settlement.attempts());
          statement.setString(5, StoredText.of(settlement.lastError(), MessageTable.LONGEST_ERROR));
          statement.setLong(6, fence);
          if (settlement.startedAt() == null) {
            statement.setNull(7, Types.BIGINT);
            statement.setNull(8, Types.BIGINT);
            statement.setNull(9, Types.TIMESTAMP);
          } else {
            statement.setLong(7, fence);
            statement.setLong(8, settlement.startNumber());
            statement.setTimestamp(9, Timestamp.from(settlement.startedAt()));
          }
          Instant kept = settlement.keptStart();
          statement.setTimestamp(10, kept == null ? null : Timestamp.from(kept));
          statement.setBoolean(11, settlement.status() == Status.PENDING);
          statement.setLong(12, settlement.message().id());
        });
  }

  @Override
  public void deliver(List<Delivered> delivered) {
    Batches.update(
        jdbc,
        DELIVER,
        delivered,
        (statement, each) -> {
          Delivery delivery = each.delivery();
          statement.setLong(1, delivery.position());
          statement.setInt(2, delivery.attempts());
          statement.setLong(3, each.fence());
          statement.setLong(4, each.fence());
          statement.setLong(5, delivery.startNumber());
          statement.setTimestamp(6, Timestamp.from(delivery.startedAt()));
          statement.setTimestamp(7, each.settledAt());
          statement.setLong(8, delivery.id());
        });
  }

  @Override
  public int remove(List<Long> ids, int queue, Timestamp before) {
    int[] removed =
        Batches.update(
            jdbc,
            REMOVE,
            ids,
            (statement, id) -> {
              statement.setLong(1, id);
              statement.setInt(2, queue);
              statement.setTimestamp(3, before);
            });
    return Arrays.stream(removed).sum();
  }
}
