package dev.stretto.report;

import dev.stretto.lease.LeaseView;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Reads what channels look like now. Reads indexes only, so that it is quick on a long outbox. */
public final class ChannelStatuses {

  /**
   * In two parts, as on PostgreSQL there is an index for what waits and one for the past; and,
   * under numbers that no queue has, how many are claimed and how many the journal says are
   * delivered, whether or not their rows say so yet. One statement, so that all are of the same
   * moment.
   */
  static final String COUNTS =
      """
      select queue, count(*) from outbox_message
       where channel = :channel and queue < 5 group by queue
      union all
      select queue, count(*) from outbox_message
       where channel = :channel and queue >= 5 group by queue
      union all
      select -1, claimed from outbox_channel where channel = :channel
      union all
      select -2, sum(messages) from outbox_journal where channel = :channel
      """;

  static final String OLDEST =
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

  private final JdbcClient jdbc;
  private final ChannelNames names;
  private final LeaseView leases;

  public ChannelStatuses(JdbcTemplate jdbc) {
    this.jdbc = JdbcClient.create(jdbc);
    this.names = new ChannelNames(jdbc);
    this.leases = new LeaseView(jdbc);
  }

  /** Channels that have messages or were ever claimed, in no order. */
  public Set<String> known() {
    return Set.copyOf(names.all());
  }

  /** The channels named, by name; zeros for those the outbox has never seen. */
  public List<ChannelStatus> of(Collection<String> channels) {
    return new TreeSet<>(channels).stream().map(this::of).toList();
  }

  private ChannelStatus of(String channel) {
    Map<Counted, Long> counts = counts(channel);
    LeaseView.Held held = leases.of(channel);
    long claimed = counts.getOrDefault(Counted.CLAIMED, 0L);
    long journaled = counts.getOrDefault(Counted.JOURNALED, 0L);
    long unsettled =
        counts.getOrDefault(Counted.PENDING, 0L) + counts.getOrDefault(Counted.IN_FLIGHT, 0L);
    return new ChannelStatus(
        channel,
        unsettled - claimed - journaled,
        claimed,
        counts.getOrDefault(Counted.DELIVERED, 0L) + journaled,
        counts.getOrDefault(Counted.PARKED, 0L),
        counts.getOrDefault(Counted.DISCARDED, 0L),
        late(channel),
        oldestPending(channel),
        blockedKeys(channel),
        held == null ? null : lease(held),
        held == null ? null : held.lastRun(),
        unsettled == 0 ? null : gate(channel));
  }

  private Map<Counted, Long> counts(String channel) {
    Map<Counted, Long> counts = new EnumMap<>(Counted.class);
    jdbc.sql(COUNTS)
        .param("channel", channel)
        .query((ResultSet row) -> {
          counts.merge(counted(row.getInt(1)), row.getLong(2), Long::sum);
        });
    return counts;
  }

  private static Counted counted(int queue) {
    return switch (queue) {
      case -2 -> Counted.JOURNALED;
      case -1 -> Counted.CLAIMED;
      case 0, 1, 3 -> Counted.PENDING;
      case 2 -> Counted.IN_FLIGHT;
      case 4 -> Counted.PARKED;
      case 5 -> Counted.DISCARDED;
      case 6 -> Counted.DELIVERED;
      default -> throw new IllegalStateException("no message is at " + queue);
    };
  }

  /**
   * The oldest of the first message without a position, the first with one, and the first held
   * behind its key: three steps into the index. H2 takes them only where the order names the index
   * from its first column on; otherwise it reads and sorts everything that is pending.
   */
  private @Nullable Duration oldestPending(String channel) {
    return jdbc.sql(OLDEST)
        .param("channel", channel)
        .query((row, number) -> between(row, 1, 2))
        .optional()
        .orElse(null);
  }

  private long late(String channel) {
    return jdbc.sql("select late from outbox_channel where channel = ?")
        .param(channel)
        .query(Long.class)
        .optional()
        .orElse(0L);
  }

  private long blockedKeys(String channel) {
    return jdbc.sql("select count(*) from outbox_lane where channel = ? and blocked_by >= 0")
        .param(channel)
        .query(Long.class)
        .single();
  }

  private static ChannelStatus.@Nullable Lease lease(LeaseView.Held held) {
    LeaseView.Holder holder = held.holder();
    return holder == null
        ? null
        : new ChannelStatus.Lease(
            holder.owner(), held.lastRun(), holder.fence(), holder.expiresAt(), holder.left());
  }

  private ChannelStatus.@Nullable Gate gate(String channel) {
    return jdbc.sql(
            """
            select gate_since, case when gate_closed_until > current_timestamp(3)
                                    then gate_closed_until end, gate_calls, gate_reason
            from outbox_channel
            where channel = ?
              and (gate_since is not null or gate_closed_until > current_timestamp(3))
            """)
        .param(channel)
        .query((row, number) ->
            new ChannelStatus.Gate(
                instant(row, 1), instant(row, 2), row.getInt(3), row.getString(4)))
        .optional()
        .orElse(null);
  }

  private static @Nullable Instant instant(ResultSet row, int column) throws SQLException {
    Timestamp time = row.getTimestamp(column);
    return time == null ? null : time.toInstant();
  }

  private static Duration between(ResultSet row, int from, int to) throws SQLException {
    return Duration.between(row.getTimestamp(from).toInstant(), row.getTimestamp(to).toInstant());
  }

  /** What is delivered or claimed, and the states of a message as its row names them. */
  private enum Counted {
    JOURNALED,
    CLAIMED,
    PENDING,
    IN_FLIGHT,
    DELIVERED,
    PARKED,
    DISCARDED
  }
}
