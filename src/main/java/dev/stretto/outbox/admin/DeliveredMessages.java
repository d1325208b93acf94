package dev.stretto.outbox.admin;

import dev.stretto.database.Durability;
import dev.stretto.database.RepeatedTransaction;
import dev.stretto.outbox.ChannelTable;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.UncategorizedSQLException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The delivered messages of {@code outbox_message}, as far as they were not purged: has them sent
 * again, under their ids and at their positions, by the run that is under way or the next one. What
 * is on record of their first starts stays, and their attempts go on counting; their retry budget
 * starts anew.
 *
 * <p>Needs no lease. Each transaction locks the channel first, as every one of a run does, and
 * changes 500 rows at the most. Nothing has to be done about keys: a run takes such a message for
 * one that was given back, and holds it behind others of its key where those wait.
 */
public final class DeliveredMessages {

  /** Rows of one transaction. */
  private static final int BATCH = 500;

  /** Rows of one look. */
  private static final int PAGE = 2500;

  /** The queue is no parameter: on PostgreSQL the index is chosen by its number. */
  private static final String LOOK =
      """
      select id, position, ordering_key, settled_at from outbox_message
       where channel = ? and queue = 6 and position > ? and position <= ?
       order by channel, queue, position
       limit ?
      """;

  private static final String FIND =
      "select id, channel, status from outbox_message where message_id = ?";

  private static final String LAST =
      "select coalesce(max(last_position), 0) from outbox_channel where channel = ?";

  private static final String FIRST =
      """
      select position from outbox_message
       where channel = ? and queue = 6
       order by channel, queue, position
       limit 1
      """;

  private static final String OTHERS_BEFORE =
      """
      select (select count(*) from outbox_message
               where channel = ? and queue in (1, 2, 3, 4) and position < ?)
             + (select count(*) from outbox_message
                 where channel = ? and queue = 5 and position < ?)
      """;

  private static final String NOW = "select current_timestamp(3)";

  private final JdbcTemplate jdbc;
  private final RepeatedTransaction transaction;
  private final Durability durability;
  private final ChannelTable channels;

  public DeliveredMessages(
      JdbcTemplate jdbc, TransactionTemplate transaction, Durability durability) {
    this.jdbc = jdbc;
    this.transaction = new RepeatedTransaction(transaction);
    this.durability = durability;
    this.channels = new ChannelTable(jdbc);
  }

  /**
   * Which of a channel's delivered messages are meant.
   *
   * @param key those of this ordering key; null for any, and for none
   * @param from delivered at this time or later; null for any
   * @param to delivered before this time; null for any
   */
  public record Filter(@Nullable String key, @Nullable Instant from, @Nullable Instant to) {

    private boolean means(Row row) {
      Instant settled = row.settledAt();
      return (key == null || key.equals(row.key()))
          && (from == null || (settled != null && !settled.isBefore(from)))
          && (to == null || (settled != null && settled.isBefore(to)));
    }
  }

  private record Row(long id, long position, @Nullable String key, @Nullable Instant settledAt) {

    static Row of(ResultSet row) throws SQLException {
      Timestamp settledAt = row.getTimestamp(4);
      return new Row(
          row.getLong(1),
          row.getLong(2),
          row.getString(3),
          settledAt == null ? null : settledAt.toInstant());
    }
  }

  private record Named(long id, String channel, String status) {}

  /** The database's time. */
  public Instant now() {
    return Objects.requireNonNull(jdbc.queryForObject(NOW, Timestamp.class)).toInstant();
  }

  /** How many messages are meant; looks at all that the channel has delivered. */
  public long count(String channel, Filter filter) {
    return each(channel, filter, List::size);
  }

  /**
   * Has the messages that are meant sent again, in position order, in many transactions; looks at
   * all that the channel has delivered until now, and at each only once. Where it is cut short,
   * those before stay replayed.
   *
   * @return how many there were
   */
  public long replay(String channel, Filter filter) {
    long replayed =
        each(
            channel,
            filter,
            rows -> {
              int changed = 0;
              for (int i = 0; i < rows.size(); i += BATCH) {
                List<Long> some =
                    rows.subList(i, Math.min(rows.size(), i + BATCH)).stream()
                        .map(Row::id)
                        .toList();
                changed += transaction.executeOnce(() -> replay(channel, some));
              }
              return changed;
            });
    sync();
    return replayed;
  }

  private interface Work {
    int of(List<Row> rows);
  }

  private long each(String channel, Filter filter, Work work) {
    long last = last(channel);
    long done = 0;
    long after = 0;
    List<Row> page;
    do {
      page = jdbc.query(LOOK, (row, number) -> Row.of(row), channel, after, last, PAGE);
      done += work.of(page.stream().filter(filter::means).toList());
      after = page.isEmpty() ? after : page.getLast().position();
    } while (page.size() == PAGE);
    return done;
  }

  private int replay(String channel, List<Long> ids) {
    channels.lock(channel);
    return jdbc.update(replay(ids.size()), ids.toArray());
  }

  private static String replay(int ids) {
    return """
    update outbox_message
       set status = 'PENDING', queue = 1, settled_at = null, first_started_at = null
     where id in (%s) and queue = 6
    """
        .formatted(String.join(", ", Collections.nCopies(ids, "?")));
  }

  /**
   * How many of the messages named are delivered in the channel.
   *
   * @throws NotDeliveredException naming the first that is not
   */
  public long count(String channel, Collection<String> messageIds) {
    return find(channel, messageIds).size();
  }

  /**
   * Has the messages named sent again, all of them or none.
   *
   * @return how many there were
   * @throws NotDeliveredException naming the first that is not delivered in the channel; then
   *     nothing was changed
   */
  public long replay(String channel, Collection<String> messageIds) {
    long replayed =
        transaction.executeOnce(() -> {
          channels.lock(channel);
          List<Long> ids = find(channel, messageIds);
          int changed = 0;
          for (int i = 0; i < ids.size(); i += BATCH) {
            changed += replay(channel, ids.subList(i, Math.min(ids.size(), i + BATCH)));
          }
          return changed;
        });
    sync();
    return replayed;
  }

  private List<Long> find(String channel, Collection<String> messageIds) {
    Set<String> distinct = new LinkedHashSet<>(messageIds);
    List<Long> ids = new ArrayList<>();
    for (String messageId : distinct) {
      Named named =
          jdbc
              .query(
                  FIND,
                  (row, number) -> new Named(row.getLong(1), row.getString(2), row.getString(3)),
                  messageId)
              .stream()
              .findFirst()
              .orElseThrow(() ->
                  new NotDeliveredException(
                      "there is no message " + messageId + ": it was purged, or never was"));
      if (!named.channel().equals(channel)) {
        throw new NotDeliveredException(
            "message " + messageId + " is one of channel " + named.channel());
      }
      if (!named.status().equals("DELIVERED")) {
        throw new NotDeliveredException(
            "message "
                + messageId
                + " is not delivered: it is "
                + named.status().toLowerCase(Locale.ROOT).replace('_', ' '));
      }
      ids.add(named.id());
    }
    return ids;
  }

  /**
   * How many messages with places before the first delivered one are not in the outbox any more: 0
   * or more. What was purged behind that one is not told.
   */
  public long purged(String channel) {
    List<Long> first = jdbc.query(FIRST, (row, number) -> row.getLong(1), channel);
    long begin = first.isEmpty() ? last(channel) + 1 : first.getFirst();
    Long others = jdbc.queryForObject(OTHERS_BEFORE, Long.class, channel, begin, channel, begin);
    return Math.max(0, begin - 1 - (others == null ? 0 : others));
  }

  private long last(String channel) {
    Long last = jdbc.queryForObject(LAST, Long.class, channel);
    return last == null ? 0 : last;
  }

  private void sync() {
    try {
      durability.sync();
    } catch (SQLException e) {
      throw new UncategorizedSQLException("make durable", null, e);
    }
  }
}
