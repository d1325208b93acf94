package dev.stretto.batch;

import dev.stretto.dispatch.DispatchSettings.Ordering;
import dev.stretto.lease.LeaseView;
import dev.stretto.ledger.Ledgers;
import dev.stretto.outbox.LaneTable;
import dev.stretto.outbox.MessageTable;
import dev.stretto.run.ChannelOpener;
import dev.stretto.run.OpenChannel;
import dev.stretto.run.RunOptions;
import dev.stretto.settings.Channels;
import dev.stretto.transport.TransportType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Finds out with a few reads, without Spring Batch, whether a dispatch would end at once and change
 * nothing, as most do that cron launches. In doubt it says no.
 */
public final class IdleChannels {

  private final Channels channels;
  private final ChannelOpener opener;
  private final LeaseView leases;
  private final MessageTable messages;
  private final LaneTable lanes;

  public IdleChannels(Channels channels, List<TransportType> transports, JdbcTemplate jdbc) {
    this.channels = channels;
    this.opener = new ChannelOpener(channels, transports);
    this.leases = new LeaseView(jdbc);
    this.messages = new MessageTable(jdbc);
    this.lanes = new LaneTable(jdbc);
  }

  /**
   * Whether a dispatch of all these channels would do nothing. What was delivered long ago may be
   * something to do where it is kept for a time only.
   *
   * @throws dev.stretto.transport.InvalidSettingException where one of them can't be used
   */
  public boolean areIdle(Iterable<String> names, RunOptions options) {
    if (channels.retention() != null) {
      return false;
    }
    Map<Ordering, List<String>> orders = new EnumMap<>(Ordering.class);
    for (String name : names) {
      try (OpenChannel channel = opener.open(name, options)) {
        orders
            .computeIfAbsent(channel.settings().dispatch().ordering(), order -> new ArrayList<>())
            .add(name);
      }
    }
    // Whoever died while it ran is still noted as the lease's owner.
    Set<String> owned = leases.owned();
    return orders.values().stream().flatMap(List::stream).noneMatch(owned::contains)
        && !Ledgers.anyWaiting(messages, lanes, orders);
  }

  /** What a dispatch says of a channel that is idle. */
  public RunResult result(String channel, Duration elapsed) {
    return new RunResult.NothingToDo(channel, messages.unsettled(channel), elapsed);
  }
}
