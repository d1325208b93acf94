package dev.stretto.outbox;

import dev.stretto.database.Batches;
import dev.stretto.message.Message;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * The table {@code outbox_lane}: the keys that have held messages or are blocked by a parked one.
 * Each of its methods that writes, and {@link #find}, must run in a transaction that has locked the
 * channel first, by {@link ChannelTable#advance} or {@link ChannelTable#lock}.
 */
public final class LaneTable {

  private static final String OPEN =
      "insert into outbox_lane (channel, ordering_key) values (?, ?)";

  private static final String BLOCK =
      """
      update outbox_lane set blocked_by = ?, blocked_at = current_timestamp(3)
       where channel = ? and ordering_key = ? and blocked_by is null
      """;

  private static final String UNBLOCK =
      """
      update outbox_lane set blocked_by = null, blocked_at = null
       where channel = ? and ordering_key = ? and blocked_by = ?
      """;

  private static final String CLOSE =
      "delete from outbox_lane where channel = ? and ordering_key = ?";

  private static final String CLEAR = "delete from outbox_lane where channel = ?";

  static final String UNBLOCKED =
      """
      select ordering_key from outbox_lane
       where channel = ? and blocked_by is null and ordering_key > ?
       order by channel, blocked_by, ordering_key
       limit ?
      """;

  static final String FIRST =
      "select channel from outbox_lane order by channel, ordering_key limit 1";

  static final String ANY = "select 1 from outbox_lane where channel = ?";

  static final String ANY_UNBLOCKED = ANY + " and blocked_by is null";

  private final JdbcTemplate jdbc;
  private final InChunks inChunks;

  public LaneTable(JdbcTemplate jdbc) {
    this.jdbc = jdbc;
    this.inChunks = InChunks.of(jdbc);
  }

  /**
   * Which of these keys have held messages or are blocked; reads a row for each at the most.
   *
   * @param keys not too many for one statement: hundreds
   * @return for those keys, whether they are blocked; the others have no entry
   */
  public Map<String, Boolean> find(String channel, Collection<String> keys) {
    Map<String, Boolean> found = new HashMap<>();
    if (keys.isEmpty()) {
      return found;
    }
    List<Object> parameters = new ArrayList<>(keys.size() * 2);
    for (String key : keys) {
      parameters.add(channel);
      parameters.add(key);
    }
    jdbc.query(
        find(keys.size()),
        row -> {
          found.put(row.getString(1), row.getObject(2) != null);
        },
        parameters.toArray());
    return found;
  }

  /**
   * Rows of two values, for H2 takes only those as steps into an index of two columns; with the
   * channel apart it reads all the channel's lanes.
   */
  static String find(int keys) {
    return """
    select ordering_key, blocked_by from outbox_lane where (channel, ordering_key) in (%s)
    """
        .formatted(String.join(", ", Collections.nCopies(keys, "(?, ?)")));
  }

  /** Notes that these keys have held messages; none of them may have a row. */
  public void open(String channel, Collection<String> keys) {
    Batches.update(
        jdbc,
        OPEN,
        List.copyOf(keys),
        (statement, key) -> {
          statement.setString(1, channel);
          statement.setString(2, key);
        });
  }

  /**
   * Has the key's later messages wait until someone decides about the parked one. Where the key is
   * blocked already, that one stays the one to decide about.
   *
   * @param message parked, with a key
   */
  public void block(Message message) {
    String key = String.valueOf(message.orderingKey());
    if (!find(message.channel(), List.of(key)).containsKey(key)) {
      open(message.channel(), List.of(key));
    }
    jdbc.update(BLOCK, message.id(), message.channel(), key);
  }

  /**
   * Has the key's messages go on, if it is this message that they wait for.
   *
   * @return whether it was
   */
  public boolean unblock(String channel, String key, long blockedBy) {
    return jdbc.update(UNBLOCK, channel, key, blockedBy) == 1;
  }

  /** Notes that the key has no held messages any more, and is not blocked. */
  public void close(String channel, String key) {
    jdbc.update(CLOSE, channel, key);
  }

  /**
   * Keys that have held messages and are not blocked, in their own order; reads as many rows as it
   * returns, however many keys are blocked.
   *
   * @param after the key behind which to look, empty for all
   * @param limit the most to return, 1 or more
   */
  public List<String> unblocked(String channel, String after, int limit) {
    // The first of all is the empty key, which somebody's SQL may have written.
    String sql = after.isEmpty() ? UNBLOCKED.replace("key >", "key >=") : UNBLOCKED;
    return jdbc.query(sql, (row, number) -> row.getString(1), channel, after, limit);
  }

  /** In which of these channels any key has held messages or is blocked; as few queries. */
  public Set<String> anyIn(Collection<String> channels) {
    return which(ANY, channels);
  }

  /** In which of these channels any key has held messages and is not blocked. */
  public Set<String> anyUnblockedIn(Collection<String> channels) {
    return which(ANY_UNBLOCKED, channels);
  }

  /** Where many are asked for, most often there is no lane at all. */
  private Set<String> which(String question, Collection<String> channels) {
    return channels.size() > 1 && jdbc.queryForList(FIRST, String.class).isEmpty()
        ? Set.of()
        : inChunks.which(question, channels);
  }

  /** Forgets every key of the channel, blocked ones too. */
  public void clear(String channel) {
    jdbc.update(CLEAR, channel);
  }
}
