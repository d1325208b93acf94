package dev.stretto.outbox;

import dev.stretto.database.Batches;
import dev.stretto.database.Vendor;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The table {@code outbox_journal}: what was delivered and the messages' own rows don't say yet; on
 * database servers, where a long transaction would be waited for. The price is that a row says so a
 * moment later, a tenth of a second or so; {@code status} counts the journal in. {@link
 * ChannelTable#advance} writes it.
 */
public final class JournalTable {

  private static final String NEXT =
      """
      select entry, fence, written_at, deliveries
        from outbox_journal
       where channel = ? and entry > ?
       order by channel, entry
       limit ?
         for update
      """;

  /**
   * Finds those of many channels and removes them, where the database can do that at once: one
   * round trip for all. The rows are locked, so that they are where they were found.
   */
  private static final String TAKE_OF_ALL =
      """
      with found as (
        select h.number, j.place, j.entry, j.fence, j.written_at, j.deliveries
          from unnest(?::text[], ?::bigint[], ?::bigint[]) with ordinality
                 as h (channel, after, most, number)
         cross join lateral (
           select ctid as place, entry, fence, written_at, deliveries
             from outbox_journal
            where channel = h.channel and entry > h.after
            order by channel, entry
            limit h.most
              for update) j),
      removed as (
        delete from outbox_journal where ctid = any (array(select place from found)))
      select number, entry, fence, written_at, deliveries from found order by number, entry
      """;

  private static final String REMOVE =
      "delete from outbox_journal where channel = ? and entry > ? and entry <= ?";

  private final JdbcTemplate jdbc;
  private final Vendor vendor;
  private final MessageWrites writes;
  private final TransactionTemplate transaction;

  public JournalTable(JdbcTemplate jdbc, TransactionTemplate transaction) {
    this.jdbc = jdbc;
    this.vendor = Vendor.of(jdbc);
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

  /** An entry as it was found, of that channel; times are the database's. */
  private record Found(Head head, long number, long fence, Timestamp writtenAt, String text) {

    /**
     * From four columns.
     *
     * @param first the number of the first of them
     */
    static Found of(Head head, ResultSet row, int first) throws SQLException {
      return new Found(
          head,
          row.getLong(first),
          row.getLong(first + 1),
          row.getTimestamp(first + 2),
          row.getString(first + 3));
    }

    Stream<MessageWrites.Delivered> delivered() {
      return Arrays.stream(text.split(" ", -1))
          .map(each -> new MessageWrites.Delivered(Delivery.parse(each), fence, writtenAt));
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
    List<Found> entries = vendor == Vendor.POSTGRESQL ? takeAtOnce(heads) : take(heads);
    writes.deliver(entries.stream().flatMap(Found::delivered).toList());
    return entries.size();
  }

  /** In the order of the channels and of their entries, each locked until the transaction ends. */
  private List<Found> take(List<Head> heads) {
    List<Found> found = new ArrayList<>();
    for (Head head : heads) {
      found.addAll(
          jdbc.query(
              NEXT,
              (row, number) -> Found.of(head, row, 1),
              head.channel(),
              head.after(),
              head.most()));
    }
    Map<Head, Long> last = new LinkedHashMap<>();
    found.forEach(entry -> last.put(entry.head(), entry.number()));
    Batches.update(
        jdbc,
        REMOVE,
        List.copyOf(last.entrySet()),
        (statement, each) -> {
          statement.setString(1, each.getKey().channel());
          statement.setLong(2, each.getKey().after());
          statement.setLong(3, each.getValue());
        });
    return found;
  }

  /** The same. */
  private List<Found> takeAtOnce(List<Head> heads) {
    return jdbc.query(
        TAKE_OF_ALL,
        (row, number) -> Found.of(heads.get(row.getInt(1) - 1), row, 2),
        heads.stream().map(Head::channel).toArray(String[]::new),
        heads.stream().mapToLong(Head::after).toArray(),
        heads.stream().mapToLong(Head::most).toArray());
  }
}
