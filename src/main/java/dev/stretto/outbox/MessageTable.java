package dev.stretto.outbox;

import dev.stretto.database.Batches;
import dev.stretto.message.Message;
import dev.stretto.message.Settlement;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * The table {@code outbox_message}: what waits, what is claimed, and what became of it. The numbers
 * in the statements are those of {@link QueueState}.
 */
public final class MessageTable {

  static final int LONGEST_ERROR = 2000;

  static final String POSITIONED =
      """
      select %s
        from outbox_message m
       where channel = ? and queue = 1 and position > ?
       order by channel, queue, position
       limit ?
      """
          .formatted(MessageRow.COLUMNS);

  static final String NEW =
      """
      select %s
        from outbox_message m
       where channel = ? and queue = 0 and position is null and id > ?
       order by channel, queue, position, id
       limit ?
      """
          .formatted(MessageRow.COLUMNS);

  static final String POSITIONED_IDS =
      """
      select id from outbox_message
       where channel = ? and queue = 1
       order by channel, queue, position, id
       limit ?
      """;

  static final String RESEND =
      """
      update outbox_message
         set status = 'PENDING', queue = 1, position = ?, attempts = attempts + 1,
             start_fence = coalesce(start_fence, 0), start_number = coalesce(start_number, 0),
             first_started_at = coalesce(first_started_at, current_timestamp(3)),
             last_error = 'outcome unknown: the run that sent it died'
       where id = ? and queue in (0, 1, 2)
      """;

  static final String QUARANTINE =
      """
      update outbox_message
         set status = 'PARKED', queue = 4, position = ?, attempts = attempts + 1,
             settled_at = current_timestamp(3),
             start_fence = coalesce(start_fence, 0), start_number = coalesce(start_number, 0),
             last_error = 'outcome unknown: the run that sent it died'
       where id = ? and queue in (0, 1, 2)
      """;

  /** Less what was delivered and the rows don't say yet; one statement, so of one moment. */
  static final String COUNT_UNSETTLED =
      """
      select (select count(*) from outbox_message where channel = ? and queue <= 3)
             - (select coalesce(sum(messages), 0) from outbox_journal where channel = ?)
      """;

  static final String WAITING = "select 1 from outbox_message where channel = ? and queue < 3";

  static final String UNSETTLED = "select 1 from outbox_message where channel = ? and queue <= 3";

  static final String FRESH =
      "select 1 from outbox_message"
          + " where channel = ? and queue = 0 and position is null and id > ?";

  private final JdbcTemplate jdbc;
  private final InChunks inChunks;
  private final MessageWrites writes;

  public MessageTable(JdbcTemplate jdbc) {
    this.jdbc = jdbc;
    this.inChunks = InChunks.of(jdbc);
    this.writes = MessageWrites.of(jdbc);
  }

  /**
   * Waiting messages that already have a position, in its order: given back by an earlier run, or
   * redriven. Those that are held behind others of their key are not among them.
   *
   * @param after the position behind which to look, 0 for all
   * @param limit the most to return, 1 or more
   */
  public List<Message> positioned(String channel, long after, int limit) {
    return jdbc.query(POSITIONED, MessageRow.MAPPER, channel, after, limit);
  }

  /**
   * Waiting messages without a position, in id order.
   *
   * @param after the id behind which to look, 0 for all
   * @param limit the most to return, 1 or more
   */
  public List<Message> unpositioned(String channel, long after, int limit) {
    return jdbc.query(NEW, MessageRow.MAPPER, channel, after, limit);
  }

  /**
   * Ids of waiting messages that already have a position, in its order; reads the index alone.
   *
   * @param limit the most to return, 1 or more
   */
  public List<Long> positionedIds(String channel, int limit) {
    return jdbc.query(POSITIONED_IDS, (row, number) -> row.getLong(1), channel, limit);
  }

  /**
   * The messages with their payloads: the queries here leave those of more than {@value
   * MessageRow#SHORT_PAYLOAD} bytes in the table. Reads these in one query, or nothing.
   *
   * @param some not too many for one statement: hundreds
   * @return in the same order
   */
  public List<Message> whole(List<Message> some) {
    List<Long> ids = some.stream().filter(message -> !message.whole()).map(Message::id).toList();
    if (ids.isEmpty()) {
      return some;
    }
    Map<Long, String> payloads = new HashMap<>();
    jdbc.query(
        payloads(ids.size()),
        row -> {
          payloads.put(row.getLong(1), row.getString(2));
        },
        ids.toArray());
    return some.stream().map(message -> whole(message, payloads.get(message.id()))).toList();
  }

  private static Message whole(Message message, @Nullable String payload) {
    if (message.whole()) {
      return message;
    }
    return payload == null
        ? message.withPayload("", "payload: it is gone from the table")
        : message.withPayload(payload, null);
  }

  static String payloads(int ids) {
    return "select id, payload from outbox_message where id in (%s)".formatted(InChunks.marks(ids));
  }

  /**
   * Messages in the order of their positions.
   *
   * @param ids not too many for one statement: hundreds
   */
  public List<Message> byIds(List<Long> ids) {
    return ids.isEmpty()
        ? List.of()
        : jdbc.query(byIds(ids.size()), MessageRow.MAPPER, ids.toArray());
  }

  static String byIds(int ids) {
    return """
    select %s
      from outbox_message m
     where id in (%s)
     order by position
    """
        .formatted(MessageRow.COLUMNS, InChunks.marks(ids));
  }

  /**
   * Gives waiting messages their positions. Must run in a transaction that {@link
   * ChannelTable#advance} has fenced.
   *
   * @param held whether they wait behind others of their key, in {@link HeldTable}
   */
  public void place(Collection<Message> messages, boolean held) {
    writes.place(List.copyOf(messages), held);
  }

  /** Has held messages wait for their turn again; their rows in {@link HeldTable} go as well. */
  public void unhold(List<Long> ids) {
    writes.unhold(ids);
  }

  /**
   * Has claimed messages say so in their own rows, for people to see; that they are claimed is
   * recorded by {@link ChannelTable#advance}. Must run in a transaction that it has fenced.
   */
  public void show(List<Message> claimed) {
    writes.show(claimed);
  }

  /**
   * Records what became of claimed messages. Must run in a transaction that {@link
   * ChannelTable#advance} has fenced, with claims that no longer have these among them.
   *
   * @param fence the token of the run that worked on them
   */
  public void settle(List<Settlement> settlements, long fence) {
    writes.settle(settlements, fence);
  }

  /**
   * Puts back in line what a dead run had claimed: each may have been sent. Must run under the
   * channel's new fence.
   *
   * @return how many there were, at most that run's window
   */
  public int resend(Claims claims) {
    return changeClaimed(RESEND, claims);
  }

  /**
   * Parks what a dead run had claimed, so that nothing is sent twice. Must run under the channel's
   * new fence.
   *
   * @return how many there were
   */
  public int quarantine(Claims claims) {
    return changeClaimed(QUARANTINE, claims);
  }

  private int changeClaimed(String sql, Claims claims) {
    int[] changed =
        Batches.update(
            jdbc,
            sql,
            claims.each(),
            (statement, claim) -> {
              statement.setLong(1, claim.position());
              statement.setLong(2, claim.id());
            });
    return (int) Arrays.stream(changed).filter(rows -> rows != 0).count();
  }

  /**
   * In which of these channels anything waits to be sent or was claimed, leaving out what is held
   * behind its key; reads one row of each at the most, in few queries.
   */
  public Set<String> waiting(Collection<String> channels) {
    return inChunks.which(WAITING, channels);
  }

  /**
   * In which of these channels anything waits to be sent, or was claimed and is not settled by its
   * row; reads one entry of the index of each at the most, in few queries.
   */
  public Set<String> unsettledIn(Collection<String> channels) {
    return inChunks.which(UNSETTLED, channels);
  }

  /**
   * In which of these channels anything without a position waits; reads one entry of the index of
   * each at the most, in few queries.
   *
   * @param after of each channel the id behind which to look, 0 for all
   */
  public Set<String> fresh(Map<String, Long> after) {
    return inChunks.which(
        FRESH, List.copyOf(after.keySet()), name -> Objects.requireNonNull(after.get(name)));
  }

  /** How many wait to be sent, or were claimed and not settled; reads as many index entries. */
  public long unsettled(String channel) {
    Long count = jdbc.queryForObject(COUNT_UNSETTLED, Long.class, channel, channel);
    return count == null ? 0 : count;
  }
}
