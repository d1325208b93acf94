package dev.stretto.outbox;

import dev.stretto.database.Batches;
import dev.stretto.database.StoredText;
import dev.stretto.message.Message;
import dev.stretto.message.Settlement;
import dev.stretto.message.Status;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;

/** A statement for each row, or for each range of rows, many of them sent at once. */
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

  /** Of what {@link Range} names; position and number of the start are told by the id. */
  private static final String DELIVER =
      """
      update outbox_message
         set status = 'DELIVERED', queue = 6, position = id + ?, attempts = ?, last_error = null,
             fence = ?, start_fence = coalesce(start_fence, ?),
             start_number = coalesce(start_number, id + ?), started_at = ?,
             settled_at = coalesce(?, current_timestamp(3))
       where id between ? and ? and queue in (0, 1, 2)
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
    List<Range> delivered = new ArrayList<>();
    List<Settlement> others = new ArrayList<>();
    for (Settlement settlement : settlements) {
      if (settlement.status() == Status.DELIVERED) {
        delivered.add(Range.of(Delivery.of(settlement), fence, null));
      } else {
        others.add(settlement);
      }
    }
    deliverRanges(delivered);
    Batches.update(
        jdbc,
        SETTLE,
        others,
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
    deliverRanges(
        delivered.stream()
            .map(each -> Range.of(each.delivery(), each.fence(), each.settledAt()))
            .toList());
  }

  private void deliverRanges(List<Range> each) {
    Batches.update(
        jdbc,
        DELIVER,
        Range.joined(each),
        (statement, range) -> {
          Delivery delivery = range.first();
          statement.setLong(1, delivery.position() - delivery.id());
          statement.setInt(2, delivery.attempts());
          statement.setLong(3, range.fence());
          statement.setLong(4, range.fence());
          statement.setLong(5, delivery.startNumber() - delivery.id());
          statement.setTimestamp(6, Timestamp.from(delivery.startedAt()));
          statement.setTimestamp(7, range.settledAt());
          statement.setLong(8, delivery.id());
          statement.setLong(9, range.lastId());
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

  /**
   * Deliveries whose ids follow each other without a gap, and which differ in nothing but what
   * follows each other with them: one statement for all. Where answers come fast and in order, most
   * of a commit is a few of these.
   *
   * @param first the one with the lowest id
   * @param lastId the highest id
   * @param fence of the run that delivered them
   * @param settledAt when that was recorded; null where it is recorded now
   */
  private record Range(Delivery first, long lastId, long fence, @Nullable Timestamp settledAt) {

    static Range of(Delivery delivery, long fence, @Nullable Timestamp settledAt) {
      return new Range(delivery, delivery.id(), fence, settledAt);
    }

    static List<Range> joined(List<Range> ranges) {
      List<Range> byId = new ArrayList<>(ranges);
      byId.sort(Comparator.comparingLong(range -> range.first().id()));
      List<Range> joined = new ArrayList<>();
      for (Range next : byId) {
        if (!joined.isEmpty() && joined.getLast().goesOnWith(next)) {
          joined.add(joined.removeLast().upTo(next.lastId()));
        } else {
          joined.add(next);
        }
      }
      return joined;
    }

    private boolean goesOnWith(Range next) {
      return next.first().id() == lastId + 1
          && next.fence() == fence
          && Objects.equals(next.settledAt(), settledAt)
          && next.first().equals(first.onwards(next.first().id() - first.id()));
    }

    private Range upTo(long id) {
      return new Range(first, id, fence, settledAt);
    }
  }
}
