package dev.stretto.outbox;

import dev.stretto.database.StoredText;
import dev.stretto.message.Message;
import dev.stretto.message.Settlement;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * One statement for all rows, which takes an array for each of their columns, so that the server
 * reads, plans and answers it once.
 */
final class ArrayWrites implements MessageWrites {

  static final String PLACE =
      """
      update outbox_message m set position = n.position, queue = ?
        from unnest(?::bigint[], ?::bigint[]) as n (id, position)
       where m.id = n.id and m.queue in (0, 1)
      """;

  static final String UNHOLD =
      "update outbox_message set queue = 1 where id = any (?::bigint[]) and queue = 3";

  static final String SHOW =
      """
      update outbox_message m set status = 'IN_FLIGHT', queue = 2, position = n.position
        from unnest(?::bigint[], ?::bigint[]) as n (id, position)
       where m.id = n.id and m.queue in (0, 1)
      """;

  /** Times are texts here, as the driver has no array of them. */
  static final String SETTLE =
      """
      update outbox_message m
         set status = n.status, queue = n.queue, position = n.position, attempts = n.attempts, last_error = n.last_error,
             fence = ?,
             start_fence = coalesce(m.start_fence, case when n.started_at is not null then ? end),
             start_number = coalesce(m.start_number, n.start_number),
             started_at = n.started_at::timestamptz,
             first_started_at = coalesce(
               m.first_started_at, case when n.status = 'PENDING' then n.started_at::timestamptz end),
             settled_at = case when n.status = 'PENDING' then null else current_timestamp(3) end
        from unnest(?::bigint[], ?::bigint[], ?::text[], ?::bigint[], ?::bigint[], ?::text[],
                    ?::bigint[], ?::text[])
             as n (id, position, status, queue, attempts, last_error, start_number, started_at)
       where m.id = n.id and m.queue in (0, 1, 2)
      """;

  static final String DELIVER =
      """
      update outbox_message m
         set status = 'DELIVERED', queue = 6, position = n.position, attempts = n.attempts,
             last_error = null, fence = n.fence,
             start_fence = coalesce(m.start_fence, n.fence),
             start_number = coalesce(m.start_number, n.start_number),
             started_at = to_timestamp(n.started_at / 1000.0),
             settled_at = to_timestamp(n.settled_at / 1000.0)
        from unnest(?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[],
                    ?::bigint[])
             as n (id, position, attempts, fence, start_number, started_at, settled_at)
       where m.id = n.id and m.queue in (0, 1, 2)
      """;

  static final String REMOVE =
      "delete from outbox_message where id = any (?::bigint[]) and queue = ? and settled_at < ?";

  private final JdbcTemplate jdbc;

  ArrayWrites(JdbcTemplate jdbc) {
    this.jdbc = jdbc;
  }

  @Override
  public void place(List<Message> messages, boolean held) {
    if (!messages.isEmpty()) {
      jdbc.update(
          PLACE,
          held ? QueueState.HELD : QueueState.WAITING,
          numbers(messages, Message::id),
          numbers(messages, Message::position));
    }
  }

  @Override
  public void unhold(List<Long> ids) {
    if (!ids.isEmpty()) {
      jdbc.update(UNHOLD, (Object) numbers(ids, Long::longValue));
    }
  }

  @Override
  public void show(List<Message> claimed) {
    if (!claimed.isEmpty()) {
      jdbc.update(SHOW, numbers(claimed, Message::id), numbers(claimed, Message::position));
    }
  }

  @Override
  public void settle(List<Settlement> settlements, long fence) {
    if (settlements.isEmpty()) {
      return;
    }
    jdbc.update(
        SETTLE,
        fence,
        fence,
        numbers(settlements, settlement -> settlement.message().id()),
        numbers(settlements, settlement -> settlement.message().position()),
        texts(settlements, settlement -> settlement.status().name()),
        numbers(settlements, settlement -> QueueState.of(settlement.status())),
        numbers(settlements, Settlement::attempts),
        texts(
            settlements,
            settlement -> StoredText.of(settlement.lastError(), MessageTable.LONGEST_ERROR)),
        startNumbers(settlements),
        texts(settlements, settlement -> text(settlement.startedAt())));
  }

  @Override
  public void deliver(List<Delivered> delivered) {
    if (!delivered.isEmpty()) {
      jdbc.update(
          DELIVER,
          numbers(delivered, each -> each.delivery().id()),
          numbers(delivered, each -> each.delivery().position()),
          numbers(delivered, each -> each.delivery().attempts()),
          numbers(delivered, Delivered::fence),
          numbers(delivered, each -> each.delivery().startNumber()),
          numbers(delivered, each -> each.delivery().startedAt().toEpochMilli()),
          numbers(delivered, each -> each.settledAt().getTime()));
    }
  }

  @Override
  public int remove(List<Long> ids, int queue, Timestamp before) {
    return ids.isEmpty() ? 0 : jdbc.update(REMOVE, numbers(ids, Long::longValue), queue, before);
  }

  private static @Nullable Long[] startNumbers(List<Settlement> settlements) {
    @Nullable Long[] numbers = new Long[settlements.size()];
    for (int i = 0; i < numbers.length; i++) {
      Settlement settlement = settlements.get(i);
      numbers[i] = settlement.startedAt() == null ? null : (Long) settlement.startNumber();
    }
    return numbers;
  }

  private static @Nullable String text(@Nullable Instant time) {
    return time == null ? null : Objects.toString(time);
  }

  private static <T> long[] numbers(List<T> rows, ToLongFunction<T> column) {
    return rows.stream().mapToLong(column).toArray();
  }

  private static <T> @Nullable String[] texts(List<T> rows, Function<T, @Nullable String> column) {
    return rows.stream().map(column).toArray(String[]::new);
  }
}
