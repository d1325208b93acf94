package dev.stretto.job;

import dev.stretto.dispatch.DispatchSettings.Ordering;
import dev.stretto.outbox.Durability;
import dev.stretto.outbox.OutboxChannels;
import dev.stretto.outbox.OutboxHeld;
import dev.stretto.outbox.OutboxJournal;
import dev.stretto.outbox.OutboxLanes;
import dev.stretto.outbox.OutboxMessages;
import dev.stretto.outbox.OutboxRuns;
import dev.stretto.outbox.SettledMessages;
import dev.stretto.outbox.StrayMessages;
import java.sql.SQLException;
import org.springframework.jdbc.UncategorizedSQLException;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The outbox as a run writes it.
 *
 * @param transaction a short transaction of its own for each use, never open across a call
 */
public record Outbox(
    OutboxMessages messages,
    OutboxLanes lanes,
    OutboxHeld held,
    OutboxChannels channels,
    OutboxJournal journal,
    OutboxRuns runs,
    StrayMessages strays,
    SettledMessages settled,
    TransactionTemplate transaction,
    Durability durability) {

  /**
   * Whether a run would find anything to do. Messages behind blocked keys are nothing to do in key
   * order, and are put back in line in any other.
   */
  boolean anyWaiting(String channel, Ordering ordering) {
    return anyWaiting(messages, lanes, channel, ordering);
  }

  static boolean anyWaiting(
      OutboxMessages messages, OutboxLanes lanes, String channel, Ordering ordering) {
    return messages.anyWaiting(channel)
        || switch (ordering) {
          case KEY -> lanes.anyUnblocked(channel);
          case START, STRICT -> lanes.any(channel);
        };
  }

  /** Returns once what was committed survives a power cut. */
  void makeDurable() {
    try {
      durability.sync();
    } catch (SQLException e) {
      throw new UncategorizedSQLException("make durable", null, e);
    }
  }
}
