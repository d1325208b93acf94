package dev.stretto.ledger;

import dev.stretto.outbox.Durability;
import dev.stretto.outbox.OutboxChannels;
import dev.stretto.outbox.OutboxHeld;
import dev.stretto.outbox.OutboxJournal;
import dev.stretto.outbox.OutboxLanes;
import dev.stretto.outbox.OutboxMessages;
import dev.stretto.outbox.OutboxRuns;
import dev.stretto.outbox.StrayMessages;
import java.sql.SQLException;
import org.springframework.jdbc.UncategorizedSQLException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The tables that a run writes.
 *
 * @param transaction a short transaction of its own for each use, never open across a call
 */
record Tables(
    OutboxMessages messages,
    OutboxLanes lanes,
    OutboxHeld held,
    OutboxChannels channels,
    OutboxJournal journal,
    OutboxRuns runs,
    StrayMessages strays,
    TransactionTemplate transaction,
    Durability durability) {

  static Tables of(JdbcTemplate jdbc, TransactionTemplate transaction, Durability durability) {
    return new Tables(
        new OutboxMessages(jdbc),
        new OutboxLanes(jdbc),
        new OutboxHeld(jdbc),
        new OutboxChannels(jdbc),
        new OutboxJournal(jdbc, transaction),
        new OutboxRuns(jdbc),
        new StrayMessages(jdbc),
        transaction,
        durability);
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
