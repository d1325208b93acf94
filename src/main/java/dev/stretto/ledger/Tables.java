package dev.stretto.ledger;

import dev.stretto.alert.Alerts;
import dev.stretto.database.Durability;
import dev.stretto.outbox.ChannelGates;
import dev.stretto.outbox.ChannelTable;
import dev.stretto.outbox.HeldTable;
import dev.stretto.outbox.JournalTable;
import dev.stretto.outbox.KeyTable;
import dev.stretto.outbox.LaneTable;
import dev.stretto.outbox.MessageTable;
import dev.stretto.outbox.RunTable;
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
    MessageTable messages,
    LaneTable lanes,
    KeyTable keys,
    HeldTable held,
    ChannelTable channels,
    ChannelGates gates,
    JournalTable journal,
    RunTable runs,
    StrayMessages strays,
    Alerts alerts,
    TransactionTemplate transaction,
    Durability durability) {

  static Tables of(JdbcTemplate jdbc, TransactionTemplate transaction, Durability durability) {
    return new Tables(
        new MessageTable(jdbc),
        new LaneTable(jdbc),
        new KeyTable(jdbc),
        new HeldTable(jdbc),
        new ChannelTable(jdbc),
        new ChannelGates(jdbc),
        new JournalTable(jdbc, transaction),
        new RunTable(jdbc),
        new StrayMessages(jdbc),
        new Alerts(jdbc),
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
