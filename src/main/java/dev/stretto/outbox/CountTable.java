package dev.stretto.outbox;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * The table {@code outbox_count}: how many rows of {@code outbox_message} have a position up to a
 * certain one, so that nobody counts them again. All of them are delivered but the discarded ones,
 * whose number is here too, and those that an index finds as waiting or parked.
 *
 * <p>So settling, parking and redriving change nothing here, and nothing is written while messages
 * are sent. Who removes or discards rows says so in the same transaction. {@link Counting} has the
 * rest.
 */
public final class CountTable {

  private static final String EXISTS = "select count(*) from outbox_count where channel = ?";

  private static final String CREATE =
      """
      insert into outbox_count (channel, up_to, messages, discarded)
      select channel, 0, 0, 0 from outbox_channel where channel = ?
      """;

  private static final String LOCK = "select up_to from outbox_count where channel = ? for update";

  static final String IN_RANGE =
      IntStream.rangeClosed(QueueState.WAITING, QueueState.DELIVERED)
          .mapToObj(queue ->
              """
              select %1$d as queue, count(*) from outbox_message
               where channel = ? and queue = %1$d and position > ? and position <= ?
              """
                  .formatted(queue))
          .collect(Collectors.joining("union all\n"));

  private static final String GROW =
      """
      update outbox_count set up_to = ?, messages = messages + ?, discarded = discarded + ?
       where channel = ?
      """;

  private static final String FEWER =
      """
      update outbox_count set messages = messages - ?, discarded = discarded - ?
       where channel = ? and messages >= ? and discarded >= ?
      """;

  private static final String REMOVED =
      """
      update outbox_count
         set removed = removed + ?, removed_discarded = removed_discarded + ?
       where channel = ?
      """;

  /** Locks the count even where nothing changes, for it may be about to grow. */
  private static final String DISCARDED =
      """
      update outbox_count set discarded = discarded + case when up_to >= ? then 1 else 0 end
       where channel = ?
      """;

  /** What was removed stays known, for nobody could count that. */
  private static final String FORGET =
      "update outbox_count set up_to = 0, messages = 0, discarded = 0 where channel = ?";

  private final JdbcTemplate jdbc;
  private final ChannelTable channels;

  public CountTable(JdbcTemplate jdbc) {
    this.jdbc = jdbc;
    this.channels = new ChannelTable(jdbc);
  }

  /** Whether the channel has none. */
  boolean isMissing(String channel) {
    Long count = jdbc.queryForObject(EXISTS, Long.class, channel);
    return count == null || count == 0;
  }

  /**
   * Sees to it that a channel that was ever dispatched has a count. Must run in a transaction of
   * its own, before rows are removed or counted. Waits for those who discard, so that whoever comes
   * later finds it.
   *
   * @return whether it had none
   */
  boolean create(String channel) {
    channels.lock(channel);
    return isMissing(channel) && jdbc.update(CREATE, channel) == 1;
  }

  /**
   * Holds the count against others until the transaction ends. Comes before what is removed.
   *
   * @return the position up to which it counts; 0 where nothing is counted
   */
  long lock(String channel) {
    List<Long> upTo = jdbc.query(LOCK, (row, number) -> row.getLong(1), channel);
    return upTo.isEmpty() ? 0 : upTo.getFirst();
  }

  /**
   * Counts on up to a position; see {@link Counting}. Must run in a transaction that {@link #lock}
   * began.
   *
   * @param from what {@link #lock} returned
   * @return how many rows there were
   */
  long grow(String channel, long from, long to) {
    long[] rows = new long[QueueState.DELIVERED + 1];
    Object[] parameters =
        IntStream.rangeClosed(QueueState.WAITING, QueueState.DELIVERED)
            .boxed()
            .flatMap(queue -> List.<Object>of(channel, from, to).stream())
            .toArray();
    jdbc.query(
        IN_RANGE,
        row -> {
          rows[row.getInt(1)] = row.getLong(2);
        },
        parameters);
    long all = LongStream.of(rows).sum();
    jdbc.update(GROW, to, all, rows[QueueState.DISCARDED], channel);
    return all;
  }

  /**
   * Rows are removed. Must run in a transaction that {@link #lock} began. Where there can't have
   * been as many, somebody's SQL wrote rows, and all are counted anew.
   *
   * @param queue where they were
   * @param counted whether they were counted before
   */
  void removed(String channel, int queue, long rows, boolean counted) {
    long discarded = queue == QueueState.DISCARDED ? rows : 0;
    if (counted && jdbc.update(FEWER, rows, discarded, channel, rows, discarded) == 0) {
      forget(channel);
    }
    jdbc.update(REMOVED, rows, discarded, channel);
  }

  /** A parked message is discarded; in the transaction that does so, behind the channel's lock. */
  public void discarded(String channel, long position) {
    jdbc.update(DISCARDED, position, channel);
  }

  /** Has everything counted anew. */
  void forget(String channel) {
    jdbc.update(FORGET, channel);
  }
}
