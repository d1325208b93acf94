package dev.stretto.outbox;

import dev.stretto.database.Batches;
import dev.stretto.message.ClosedKey;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * The table {@code outbox_key}: ordering keys that may not be called before a time. What writes,
 * but for {@link #clear}, must run in a transaction that has locked the channel first.
 */
public final class KeyTable {

  private static final String ALL =
      "select ordering_key, closed_until from outbox_key where channel = ?";

  private static final String FORGET =
      "delete from outbox_key where channel = ? and ordering_key = ?";

  private static final String CLOSE =
      "insert into outbox_key (channel, ordering_key, closed_until) values (?, ?, ?)";

  private static final String FORGET_PASSED =
      "delete from outbox_key where channel = ? and closed_until <= ?";

  private static final String CLEAR = "delete from outbox_key where channel = ?";

  private final JdbcTemplate jdbc;

  public KeyTable(JdbcTemplate jdbc) {
    this.jdbc = jdbc;
  }

  /** The channel's keys, though their time may have passed. */
  public List<ClosedKey> of(String channel) {
    return jdbc.query(
        ALL,
        (row, number) -> new ClosedKey(row.getString(1), row.getTimestamp(2).toInstant()),
        channel);
  }

  /** Keeps until when keys are closed; of one that comes twice the later. */
  public void close(String channel, List<ClosedKey> keys) {
    Map<String, Instant> times = new LinkedHashMap<>();
    keys.forEach(closed -> times.put(closed.key(), closed.until()));
    Batches.update(
        jdbc,
        FORGET,
        List.copyOf(times.keySet()),
        (statement, key) -> {
          statement.setString(1, channel);
          statement.setString(2, key);
        });
    Batches.update(
        jdbc,
        CLOSE,
        List.copyOf(times.entrySet()),
        (statement, closed) -> {
          statement.setString(1, channel);
          statement.setString(2, closed.getKey());
          statement.setTimestamp(3, Timestamp.from(closed.getValue()));
        });
  }

  /** Removes the keys whose time has passed. */
  public void forgetPassed(String channel, Instant now) {
    jdbc.update(FORGET_PASSED, channel, Timestamp.from(now));
  }

  /**
   * Removes all keys of the channel.
   *
   * @return whether there were any
   */
  public boolean clear(String channel) {
    return jdbc.update(CLEAR, channel) > 0;
  }
}
