package dev.stretto.job;

import dev.stretto.dispatch.DispatchSettings.Ordering;
import dev.stretto.lease.LeaseView;
import dev.stretto.ledger.Ledgers;
import dev.stretto.outbox.OutboxLanes;
import dev.stretto.outbox.OutboxMessages;
import dev.stretto.transport.TransportType;
import java.time.Duration;
import java.util.List;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Tells, by a few reads and without Spring Batch, that a dispatch would end at once and change
 * nothing: most of those that cron launches. Where in doubt it says no.
 */
public final class IdleChannels {

  private final Channels channels;
  private final ChannelOpener opener;
  private final LeaseView leases;
  private final OutboxMessages messages;
  private final OutboxLanes lanes;

  public IdleChannels(Channels channels, List<TransportType> transports, JdbcTemplate jdbc) {
    this.channels = channels;
    this.opener = new ChannelOpener(channels, transports);
    this.leases = new LeaseView(jdbc);
    this.messages = new OutboxMessages(jdbc);
    this.lanes = new OutboxLanes(jdbc);
  }

  /**
   * Whether a dispatch of all these channels would do nothing. What was delivered long ago may be
   * something to do where it is kept for a time only.
   *
   * @throws dev.stretto.transport.InvalidSettingException where one of them can't be used
   */
  public boolean areIdle(Iterable<String> names, DispatchOptions options) {
    if (channels.retention() != null) {
      return false;
    }
    for (String name : names) {
      try (OpenChannel channel = opener.open(name, options)) {
        if (!isIdle(name, channel.settings().dispatch().ordering())) {
          return false;
        }
      }
    }
    return true;
  }

  /** Whoever died while it ran is still noted as the lease's owner. */
  private boolean isIdle(String channel, Ordering ordering) {
    return !leases.isOwned(channel) && !Ledgers.anyWaiting(messages, lanes, channel, ordering);
  }

  /** What a dispatch says of a channel that is idle. */
  public DispatchResult result(String channel, Duration elapsed) {
    return DispatchResult.nothingToDo(channel, messages.unsettled(channel), elapsed);
  }
}
