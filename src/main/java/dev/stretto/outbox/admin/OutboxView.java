package dev.stretto.outbox.admin;

import dev.stretto.outbox.CountTable;
import dev.stretto.outbox.QueueState;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * What people are told of a channel's messages. A row may say less than is durable: what is claimed
 * stands in the channel's row, and what the journal has as delivered is added to what the rows say.
 * Reads indexes only, so that it is quick on a long outbox.
 */
public final class OutboxView {

  private static final String COUNTED_UP_TO =
      "(select coalesce(max(up_to), 0) from outbox_count where channel = :channel)";

  /**
   * What waits and is parked is counted, of the past only what {@link CountTable} does not have;
   * its rows are delivered but those that wait, are parked or were discarded. Each place in the
   * queue by itself, as H2 takes a range of positions there only. One statement, so that all are of
   * the same moment.
   */
  static final String COUNTS =
      """
      select 'ROWS', queue, count(*) from outbox_message
       where channel = :channel and queue < 5 group by queue
      union all
      """
          + rows("ROWS", QueueState.DISCARDED, ">")
          + rows("ROWS", QueueState.DELIVERED, ">")
          + rows("OTHERS", QueueState.WAITING, "<=")
          + rows("OTHERS", QueueState.CLAIMED, "<=")
          + rows("OTHERS", QueueState.HELD, "<=")
          + rows("OTHERS", QueueState.PARKED, "<=")
          + """
          select 'COUNTED', 0, messages from outbox_count where channel = :channel
          union all
          select 'DISCARDED', 0, discarded from outbox_count where channel = :channel
          union all
          select 'REMOVED', 0, removed from outbox_count where channel = :channel
          union all
          select 'REMOVED_DISCARDED', 0, removed_discarded from outbox_count
           where channel = :channel
          union all
          select 'CLAIMED', 0, claimed from outbox_channel where channel = :channel
          union all
          select 'JOURNALED', 0, sum(messages) from outbox_journal where channel = :channel
          """;

  private static String rows(String name, int queue, String side) {
    return """
    select '%s', %d, count(*) from outbox_message
     where channel = :channel and queue = %d and position %s %s
    union all
    """
        .formatted(name, queue, queue, side, COUNTED_UP_TO);
  }

  /**
   * Three steps into the index. H2 takes them only where the order names the index's columns from
   * the first one on; otherwise it reads and sorts everything that is pending.
   */
  private static final String OLDEST =
      """
      select created_at, current_timestamp(3) from (
        (select created_at from outbox_message
         where channel = :channel and queue = 0
         order by channel, queue, position, id fetch first 1 row only)
        union all
        (select created_at from outbox_message
         where channel = :channel and queue = 1
         order by channel, queue, position, id fetch first 1 row only)
        union all
        (select created_at from outbox_message
         where channel = :channel and queue = 3
         order by channel, queue, position, id fetch first 1 row only)) oldest
      order by created_at fetch first 1 row only
      """;

  /** One step into the index, from its end; what is in the journal is later still. */
  static final String LAST_DELIVERED =
      """
      select settled_at from outbox_message
       where channel = ? and queue = 6
       order by channel desc, queue desc, position desc fetch first 1 row only
      """;

  private static final String LAST_JOURNALED =
      "select max(written_at) from outbox_journal where channel = ?";

  private static final String GATE =
      """
      select gate_since, case when gate_closed_until > current_timestamp(3)
                              then gate_closed_until end, gate_calls, gate_reason
      from outbox_channel
      where channel = ?
        and (gate_since is not null or gate_closed_until > current_timestamp(3))
      """;

  private static final String CLOSED_KEYS =
      """
      select count(*), min(closed_until) from outbox_key
       where channel = ? and closed_until > current_timestamp(3)
      having count(*) > 0
      """;

  private final JdbcClient jdbc;
  private final ChannelNames names;

  public OutboxView(JdbcTemplate jdbc) {
    this.jdbc = JdbcClient.create(jdbc);
    this.names = new ChannelNames(jdbc);
  }

  /**
   * How many messages of a channel there are, by what is durable of them; each 0 or more.
   *
   * @param pending not claimed, not settled
   * @param inFlight claimed by a run, living or dead
   */
  public record Counts(long pending, long inFlight, long delivered, long parked, long discarded) {

    /** Whether none waits to be settled. */
    public boolean allSettled() {
      return pending + inFlight == 0;
    }
  }

  /**
   * What there is of a channel's messages, and what there ever was.
   *
   * @param delivered how many were ever delivered, those included that were removed since; 0 or
   *     more, and it only rises
   * @param discarded the same of those that were discarded
   */
  public record Ever(Counts now, long delivered, long discarded) {}

  /**
   * A destination that takes nothing.
   *
   * @param since since when nothing is delivered, or null where an earlier version noted it
   * @param closedUntil until when the destination asked to be left alone, or null where it did not
   *     or that is over
   * @param calls how many calls in a row were not delivered in the last run, 0 or more
   * @param reason for people, or null where none was recorded
   */
  public record Gate(
      @Nullable Instant since, @Nullable Instant closedUntil, int calls, @Nullable String reason) {}

  /** The channels that have messages, in no order. */
  public Set<String> channels() {
    return names.all();
  }

  /** Counts a channel's messages; zeros where the outbox has never seen it. */
  public Counts counts(String channel) {
    return ever(channel).now();
  }

  /** Counts a channel's messages, and those that were removed. */
  public Ever ever(String channel) {
    long[] queues = new long[QueueState.DELIVERED + 1];
    Map<String, Long> sums = new HashMap<>();
    jdbc.sql(COUNTS)
        .param("channel", channel)
        .query((ResultSet row) -> {
          String name = row.getString(1);
          if (name.equals("ROWS")) {
            queues[row.getInt(2)] += row.getLong(3);
          } else {
            sums.merge(name, row.getLong(3), Long::sum);
          }
        });
    long claimed = sums.getOrDefault("CLAIMED", 0L);
    long journaled = sums.getOrDefault("JOURNALED", 0L);
    long discarded = sums.getOrDefault("DISCARDED", 0L);
    long delivered = sums.getOrDefault("COUNTED", 0L) - discarded - sums.getOrDefault("OTHERS", 0L);
    long unsettled =
        queues[QueueState.NEW]
            + queues[QueueState.WAITING]
            + queues[QueueState.CLAIMED]
            + queues[QueueState.HELD];
    Counts now =
        new Counts(
            unsettled - claimed - journaled,
            claimed,
            delivered + queues[QueueState.DELIVERED] + journaled,
            queues[QueueState.PARKED],
            discarded + queues[QueueState.DISCARDED]);
    long removedDiscarded = sums.getOrDefault("REMOVED_DISCARDED", 0L);
    return new Ever(
        now,
        now.delivered() + sums.getOrDefault("REMOVED", 0L) - removedDiscarded,
        now.discarded() + removedDiscarded);
  }

  /**
   * When a message was last delivered, by the database's clock: of those that are there, that with
   * the highest position is asked, or the journal. Null where none is there.
   */
  public @Nullable Instant lastDelivery(String channel) {
    return Stream.of(LAST_DELIVERED, LAST_JOURNALED)
        .flatMap(sql ->
            jdbc.sql(sql).param(channel).query((row, number) -> instant(row, 1)).list().stream())
        .filter(Objects::nonNull)
        .max(Comparator.naturalOrder())
        .orElse(null);
  }

  /**
   * How long the oldest pending message has waited; null where none is pending. Only three are
   * looked at: the first without a position, the first with one, and the first that is held behind
   * its key.
   */
  public @Nullable Duration oldestPending(String channel) {
    return jdbc.sql(OLDEST)
        .param("channel", channel)
        .query((row, number) ->
            Duration.between(row.getTimestamp(1).toInstant(), row.getTimestamp(2).toInstant()))
        .optional()
        .orElse(null);
  }

  /** How many messages got their position after one with a higher id had its own; 0 or more. */
  public long late(String channel) {
    return jdbc.sql("select late from outbox_channel where channel = ?")
        .param(channel)
        .query(Long.class)
        .optional()
        .orElse(0L);
  }

  /** How many keys wait because their first message is parked; 0 or more. */
  public long blockedKeys(String channel) {
    return jdbc.sql("select count(*) from outbox_lane where channel = ? and blocked_by >= 0")
        .param(channel)
        .query(Long.class)
        .single();
  }

  /**
   * Ordering keys that the destination asked to leave alone, or that were called too short a time
   * ago.
   *
   * @param count 1 or more
   * @param firstOpens when the first of them may be called
   */
  public record ClosedKeys(long count, Instant firstOpens) {}

  /** Which keys are not called yet; null where all may be. */
  public @Nullable ClosedKeys closedKeys(String channel) {
    return jdbc.sql(CLOSED_KEYS)
        .param(channel)
        .query((row, number) -> new ClosedKeys(row.getLong(1), row.getTimestamp(2).toInstant()))
        .optional()
        .orElse(null);
  }

  /** Why a channel starts nothing; null where it does not stand still. */
  public @Nullable Gate gate(String channel) {
    return jdbc.sql(GATE)
        .param(channel)
        .query((row, number) ->
            new Gate(instant(row, 1), instant(row, 2), row.getInt(3), row.getString(4)))
        .optional()
        .orElse(null);
  }

  private static @Nullable Instant instant(ResultSet row, int column) throws SQLException {
    Timestamp time = row.getTimestamp(column);
    return time == null ? null : time.toInstant();
  }
}
