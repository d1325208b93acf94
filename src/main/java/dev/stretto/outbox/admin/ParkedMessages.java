package dev.stretto.outbox.admin;

import dev.stretto.database.Durability;
import dev.stretto.database.RepeatedTransaction;
import dev.stretto.message.Status;
import dev.stretto.outbox.MessageRow;
import dev.stretto.outbox.admin.ParkedDecisions.Found;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.UncategorizedSQLException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The parked messages of {@code outbox_message}: shows them, and sends them again or discards them.
 * None of this waits for a run, or makes one wait, for longer than a short transaction.
 */
public final class ParkedMessages {

  /** Rows of one transaction, or of one look. */
  private static final int BATCH = 500;

  private static final String CHANNELS = "select channel from outbox_channel order by channel";

  private static final String COUNT =
      "select count(*) from outbox_message where channel = ? and queue = 4";

  private static final String LIST =
      """
      select channel, message_id, position, ordering_key, attempts, last_error, settled_at
        from outbox_message
       where channel = ? and queue = 4 and position > ?
       order by channel, queue, position
       limit ?
      """;

  private static final String SHOW =
      """
      select id, channel, position, message_id, ordering_key, content_type, headers, payload,
             attempts, first_started_at, status, last_error, created_at, started_at, settled_at
        from outbox_message
       where message_id = ?
      """;

  private final JdbcTemplate jdbc;
  private final RepeatedTransaction transaction;
  private final Durability durability;
  private final ParkedDecisions decisions;

  public ParkedMessages(JdbcTemplate jdbc, TransactionTemplate transaction, Durability durability) {
    this.jdbc = jdbc;
    this.transaction = new RepeatedTransaction(transaction);
    this.durability = durability;
    this.decisions = new ParkedDecisions(jdbc);
  }

  /** What a person decides about a parked message. */
  public enum Decision {
    /**
     * It is sent again, under its id and at its position, by the run that is under way or the next
     * one: out of order, for later messages have started meanwhile. Its retry budget starts anew;
     * its attempts go on counting. A key that it blocked goes on behind it.
     */
    REDRIVE,
    /** It is never sent. A key that it blocked goes on. */
    DISCARD
  }

  /** The channels that were ever dispatched: only those have parked messages. */
  public List<String> channels() {
    return jdbc.query(CHANNELS, (row, number) -> row.getString(1));
  }

  /** How many are parked in a channel; reads as many index entries. */
  public long count(String channel) {
    Long count = jdbc.queryForObject(COUNT, Long.class, channel);
    return count == null ? 0 : count;
  }

  /**
   * Parked messages in position order, a page of 500 at the most.
   *
   * @param after the position behind which to look, 0 for all
   * @param limit the most to return, 1 or more
   */
  public List<ParkedMessage> list(String channel, long after, long limit) {
    return jdbc.query(
        LIST, (row, number) -> parked(row), channel, after, Math.min(BATCH, Math.max(1, limit)));
  }

  /**
   * Everything about a parked message.
   *
   * @throws NotParkedException where it is not parked, or there is none of that id
   */
  public StoredMessage show(String messageId) {
    Optional<StoredMessage> found =
        jdbc.query(SHOW, (row, number) -> stored(row), messageId).stream().findFirst();
    return found
        .filter(message -> message.status() == Status.PARKED)
        .orElseThrow(
            () -> notParked(messageId, found.map(message -> message.status().name()).orElse(null)));
  }

  /**
   * Decides about the messages named, all of them or none.
   *
   * @return how many there were
   * @throws NotParkedException naming the first that is not parked; then nothing was changed
   */
  public long decide(Decision decision, Collection<String> messageIds) {
    Collection<String> distinct = new LinkedHashSet<>(messageIds);
    long decided = transaction.executeOnce(() -> decideEach(decision, distinct));
    sync();
    return decided;
  }

  /**
   * Decides about everything that is parked in a channel now, in position order, each batch of 500
   * in a transaction of its own. What a run parks again meanwhile is left parked.
   *
   * @return how many there were
   */
  public long decideAll(Decision decision, String channel) {
    long decided = 0;
    long after = 0;
    Changed changed;
    do {
      long from = after;
      changed = transaction.execute(() -> changeSome(decision, channel, from));
      decided += changed.messages();
      after = changed.lastPosition();
    } while (changed.more());
    sync();
    return decided;
  }

  private long decideEach(Decision decision, Collection<String> messageIds) {
    List<Found> found = new ArrayList<>();
    for (String id : messageIds) {
      Found message = decisions.find(id);
      if (message == null) {
        throw notParked(id, null);
      }
      found.add(message);
    }
    decisions.lock(found.stream().map(Found::channel).toList());
    Iterator<String> ids = messageIds.iterator();
    for (Found message : found) {
      String id = ids.next();
      if (!decisions.decide(decision, message)) {
        throw notParked(id, message.status());
      }
    }
    return found.size();
  }

  private Changed changeSome(Decision decision, String channel, long after) {
    List<ParkedMessage> page = list(channel, after, BATCH);
    if (page.isEmpty()) {
      return new Changed(0, after, false);
    }
    int changed = 0;
    decisions.lock(List.of(channel));
    for (ParkedMessage message : page) {
      Found found = decisions.find(message.messageId());
      if (found != null && decisions.decide(decision, found)) {
        changed++;
      }
    }
    return new Changed(changed, page.getLast().position(), true);
  }

  /**
   * What one batch changed.
   *
   * @param messages how many
   * @param lastPosition of those it looked at
   * @param more whether there may be more behind them
   */
  private record Changed(int messages, long lastPosition, boolean more) {}

  private void sync() {
    try {
      durability.sync();
    } catch (SQLException e) {
      throw new UncategorizedSQLException("make durable", null, e);
    }
  }

  private static NotParkedException notParked(String messageId, @Nullable String status) {
    return new NotParkedException(
        status == null
            ? "there is no message " + messageId + "; parked list shows the ids"
            : "message "
                + messageId
                + " is not parked: it is "
                + status.toLowerCase(Locale.ROOT).replace('_', ' '));
  }

  private static ParkedMessage parked(ResultSet row) throws SQLException {
    return new ParkedMessage(
        row.getString(1),
        row.getString(2),
        row.getLong(3),
        row.getString(4),
        row.getInt(5),
        row.getString(6),
        instant(row.getTimestamp(7)));
  }

  private static StoredMessage stored(ResultSet row) throws SQLException {
    return new StoredMessage(
        MessageRow.anyOf(row),
        Status.valueOf(row.getString(11)),
        row.getString(12),
        row.getTimestamp(13).toInstant(),
        instant(row.getTimestamp(14)),
        instant(row.getTimestamp(15)));
  }

  private static @Nullable Instant instant(@Nullable Timestamp time) {
    return time == null ? null : time.toInstant();
  }
}
