package dev.stretto.report;

import dev.stretto.lease.LeaseView;
import dev.stretto.outbox.admin.OutboxView;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;

/** Reads what channels look like now. Reads indexes only, so that it is quick on a long outbox. */
public final class ChannelStatuses {

  private final OutboxView outbox;
  private final LeaseView leases;

  public ChannelStatuses(JdbcTemplate jdbc) {
    this.outbox = new OutboxView(jdbc);
    this.leases = new LeaseView(jdbc);
  }

  /** Channels that have messages or were ever leased, in no order. */
  public Set<String> known() {
    Set<String> known = new HashSet<>(outbox.channels());
    known.addAll(leases.channels());
    return known;
  }

  /** The channels named, by name; zeros for those the outbox has never seen. */
  public List<ChannelStatus> of(Collection<String> channels) {
    return new TreeSet<>(channels).stream().map(this::of).toList();
  }

  /** What a channel looks like now, and what it has done so far. */
  public ChannelRecord recordOf(String channel) {
    OutboxView.Ever ever = outbox.ever(channel);
    return new ChannelRecord(
        of(channel, ever.now()), ever.delivered(), ever.discarded(), outbox.lastDelivery(channel));
  }

  private ChannelStatus of(String channel) {
    return of(channel, outbox.counts(channel));
  }

  private ChannelStatus of(String channel, OutboxView.Counts counts) {
    LeaseView.Held held = leases.of(channel);
    return new ChannelStatus(
        channel,
        counts.pending(),
        counts.inFlight(),
        counts.delivered(),
        counts.parked(),
        counts.discarded(),
        outbox.late(channel),
        outbox.oldestPending(channel),
        outbox.blockedKeys(channel),
        held == null ? null : lease(held),
        held == null ? null : held.lastRun(),
        counts.allSettled() ? null : outbox.gate(channel),
        counts.allSettled() ? null : outbox.closedKeys(channel),
        held == null ? null : held.pause());
  }

  private static ChannelStatus.@Nullable Lease lease(LeaseView.Held held) {
    LeaseView.Holder holder = held.holder();
    return holder == null
        ? null
        : new ChannelStatus.Lease(
            holder.owner(), held.lastRun(), holder.fence(), holder.expiresAt(), holder.left());
  }
}
