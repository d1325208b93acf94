package dev.stretto.job;

import dev.stretto.dispatch.DispatchSettings.Ordering;
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

  /** A row says that the channel is held, or was by a run that died. */
  private static final String HELD =
      "select count(*) from channel_lease where channel = ? and owner is not null";

  private static final String LAST_RUN_CUT_SHORT =
      """
      select count(*) from channel_lease l
        join BATCH_JOB_EXECUTION e on e.job_execution_id = l.run
       where l.channel = ? and e.status not in ('COMPLETED', 'ABANDONED')
      """;

  /** Those of other channels count as well, which costs no more than a look at them. */
  private static final String RUNNING =
      """
      select count(*) from BATCH_JOB_EXECUTION e
        join BATCH_JOB_INSTANCE i on i.job_instance_id = e.job_instance_id
       where i.job_name = 'dispatch' and e.status in ('STARTING', 'STARTED', 'STOPPING')
      """;

  private final Channels channels;
  private final List<TransportType> transports;
  private final JdbcTemplate jdbc;
  private final OutboxMessages messages;
  private final OutboxLanes lanes;

  public IdleChannels(Channels channels, List<TransportType> transports, JdbcTemplate jdbc) {
    this.channels = channels;
    this.transports = List.copyOf(transports);
    this.jdbc = jdbc;
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
    if (channels.retention() != null || counts(RUNNING)) {
      return false;
    }
    for (String name : names) {
      try (OpenChannel channel = Launches.open(channels, transports, name, options)) {
        if (!isIdle(name, channel.settings().dispatch().ordering())) {
          return false;
        }
      }
    }
    return true;
  }

  private boolean isIdle(String channel, Ordering ordering) {
    return !counts(HELD, channel)
        && !counts(LAST_RUN_CUT_SHORT, channel)
        && !Ledgers.anyWaiting(messages, lanes, channel, ordering);
  }

  private boolean counts(String sql, Object... arguments) {
    Long count = jdbc.queryForObject(sql, Long.class, arguments);
    return count == null || count > 0;
  }

  /** What a dispatch says of a channel that is idle. */
  public DispatchResult result(String channel, Duration elapsed) {
    return DispatchResult.nothingToDo(channel, messages.unsettled(channel), elapsed);
  }
}
