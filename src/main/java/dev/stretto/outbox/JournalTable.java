package dev.stretto.outbox;

import dev.stretto.database.Batches;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The table {@code outbox_journal}: what was delivered and the messages' own rows don't say yet; on
 * database servers, where a long transaction would be waited for. The price is that a row says so a
 * moment later, a tenth of a second or so; {@code status} counts the journal in. {@link
 * ChannelTable#advance(String, long, ChannelTable.State, Entry)} writes it.
 */
public final class JournalTable {

  static final String NEXT =
      """
      select entry, fence, written_at, deliveries
        from outbox_journal
       where channel = ? and entry > ?
       order by channel, entry
       limit ?
         for update
      """;

  private static final String REMOVE =
      "delete from outbox_journal where channel = ? and entry > ? and entry <= ?";

  private final JdbcTemplate jdbc;
  private final MessageWrites writes;
  private final TransactionTemplate transaction;

  public JournalTable(JdbcTemplate jdbc, TransactionTemplate transaction) {
    this.jdbc = jdbc;
    this.writes = MessageWrites.of(jdbc);
    this.transaction = transaction;
  }

  /**
   * All that one transaction delivers.
   *
   * @param number from 1; higher than that of any of the channel's entries in the journal
   * @param deliveries at least one
   */
  public record Entry(long number, List<Delivery> deliveries) {

    public Entry {
      deliveries = List.copyOf(deliveries);
    }

    String text() {
      StringBuilder text = new StringBuilder();
      for (Delivery delivery : deliveries) {
        if (!text.isEmpty()) {
          text.append(' ');
        }
        delivery.appendTo(text);
      }
      return text.toString();
    }
  }

  /** An entry as it was found; times are the database's. */
  private record Found(long number, long fence, Timestamp writtenAt, String text) {
    static Found of(ResultSet row) throws SQLException {
      return new Found(row.getLong(1), row.getLong(2), row.getTimestamp(3), row.getString(4));
    }

    List<Delivery> deliveries() {
      List<Delivery> deliveries = new ArrayList<>();
      for (String delivery : text.split(" ", -1)) {
        deliveries.add(Delivery.parse(delivery));
      }
      return deliveries;
    }
  }

  /**
   * The first entries of a channel.
   *
   * @param after the entry behind which to look, 0 for all
   * @param most the most entries, 1 or more
   */
  public record Head(String channel, long after, int most) {}

  /**
   * Has the messages' rows say what the first entries of channels say, and removes those entries,
   * all in one transaction. Needs no fence: an entry says what happened, whoever applies it, and as
   * its row is locked nobody else does so at the same time. Blocks while someone does.
   *
   * @param heads of different channels
   * @return how many entries were found; none where other runs have applied them
   */
  public int apply(List<Head> heads) {
    return Objects.requireNonNull(transaction.execute(status -> applyInTransaction(heads)));
  }

  /** Does the same for one channel. */
  public int apply(String channel, long after, int most) {
    return apply(List.of(new Head(channel, after, most)));
  }

  private int applyInTransaction(List<Head> heads) {
    int found = 0;
    List<Applied> applied = new ArrayList<>();
    List<MessageWrites.Delivered> delivered = new ArrayList<>();
    for (Head head : heads) {
      List<Found> entries =
          jdbc.query(
              NEXT, (row, number) -> Found.of(row), head.channel(), head.after(), head.most());
      for (Found entry : entries) {
        for (Delivery delivery : entry.deliveries()) {
          delivered.add(new MessageWrites.Delivered(delivery, entry.fence(), entry.writtenAt()));
        }
      }
      if (!entries.isEmpty()) {
        found += entries.size();
        applied.add(new Applied(head, entries.getLast().number()));
      }
    }
    writes.deliver(delivered);
    Batches.update(
        jdbc,
        REMOVE,
        applied,
        (statement, each) -> {
          statement.setString(1, each.head().channel());
          statement.setLong(2, each.head().after());
          statement.setLong(3, each.last());
        });
    return found;
  }

  /** What was found of a channel's first entries: those up to the last one. */
  private record Applied(Head head, long last) {}
}
