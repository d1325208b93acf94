package dev.stretto.outbox;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.sql.Types;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.BatchPreparedStatementSetter;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.RowMapper;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** The table {@code outbox_message}: what waits, what is claimed, and what became of it. */
public final class OutboxMessages {

  private static final int LONGEST_ERROR = 2000;

  private static final String POSITIONED =
      """
      select id, channel, position, message_id, ordering_key, content_type, headers, payload, attempts
        from outbox_message
       where channel = ? and status = 'PENDING' and position > ?
       order by channel, status, position
       limit ?
      """;

  private static final String NEW =
      """
      select id, channel, position, message_id, ordering_key, content_type, headers, payload, attempts
        from outbox_message
       where channel = ? and status = 'PENDING' and position is null and id > ?
       order by channel, status, position, id
       limit ?
      """;

  private static final String CLAIM =
      """
      update outbox_message set status = 'IN_FLIGHT', position = ?
       where id = ? and status = 'PENDING'
      """;

  private static final String SETTLE =
      """
      update outbox_message
         set status = ?, attempts = ?, last_error = ?, fence = ?,
             start_fence = coalesce(start_fence, ?), start_number = coalesce(start_number, ?),
             started_at = ?, settled_at = case when ? then null else current_timestamp end
       where id = ? and status = 'IN_FLIGHT'
      """;

  private static final String RESEND =
      """
      update outbox_message
         set status = 'PENDING', attempts = attempts + 1,
             start_fence = coalesce(start_fence, 0), start_number = coalesce(start_number, 0),
             last_error = 'outcome unknown: the run that sent it died'
       where channel = ? and status = 'IN_FLIGHT'
      """;

  private static final String QUARANTINE =
      """
      update outbox_message
         set status = 'PARKED', attempts = attempts + 1, settled_at = current_timestamp,
             start_fence = coalesce(start_fence, 0), start_number = coalesce(start_number, 0),
             last_error = 'outcome unknown: the run that sent it died'
       where channel = ? and status = 'IN_FLIGHT'
      """;

  private static final String ANY_WAITING =
      """
      select count(*) from (
        select 1 from outbox_message
         where channel = ? and status in ('PENDING', 'IN_FLIGHT')
         limit 1) waiting
      """;

  private static final String COUNT_UNSETTLED =
      """
      select count(*) from outbox_message
       where channel = ? and status in ('PENDING', 'IN_FLIGHT')
      """;

  private static final TypeReference<Map<String, String>> HEADERS = new TypeReference<>() {};
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final RowMapper<Message> MESSAGE = OutboxMessages::message;

  private final JdbcTemplate jdbc;

  public OutboxMessages(JdbcTemplate jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * Waiting messages that already have a position, in its order: given back by an earlier run, or
   * redriven.
   *
   * @param after the position behind which to look, 0 for all
   * @param limit the most to return, 1 or more
   */
  public List<Message> positioned(String channel, long after, int limit) {
    return jdbc.query(POSITIONED, MESSAGE, channel, after, limit);
  }

  /**
   * Waiting messages without a position, in id order.
   *
   * @param after the id behind which to look, 0 for all
   * @param limit the most to return, 1 or more
   */
  public List<Message> unpositioned(String channel, long after, int limit) {
    return jdbc.query(NEW, MESSAGE, channel, after, limit);
  }

  /**
   * Marks messages as about to start, at their positions. Must run in a transaction that {@link
   * OutboxChannels#advance} has fenced, and be committed before the first of them starts.
   *
   * @return for each message, whether it was still waiting and is now claimed
   */
  public boolean[] claim(List<Message> messages) {
    int[] updated =
        jdbc.batchUpdate(
            CLAIM,
            batch(
                messages,
                (statement, message) -> {
                  statement.setLong(1, message.position());
                  statement.setLong(2, message.id());
                }));
    boolean[] claimed = new boolean[updated.length];
    for (int i = 0; i < updated.length; i++) {
      claimed[i] = updated[i] == 1;
    }
    return claimed;
  }

  /**
   * Records what became of claimed messages. Must run in a transaction that {@link
   * OutboxChannels#advance} has fenced.
   *
   * @param fence the token of the run that worked on them
   */
  public void settle(List<Settlement> settlements, long fence) {
    jdbc.batchUpdate(
        SETTLE,
        batch(
            settlements,
            (statement, settlement) -> {
              statement.setString(1, settlement.status().name());
              statement.setInt(2, settlement.attempts());
              statement.setString(3, shortened(settlement.lastError()));
              statement.setLong(4, fence);
              if (settlement.startedAt() == null) {
                statement.setNull(5, Types.BIGINT);
                statement.setNull(6, Types.BIGINT);
                statement.setNull(7, Types.TIMESTAMP);
              } else {
                statement.setLong(5, fence);
                statement.setLong(6, settlement.startNumber());
                statement.setTimestamp(7, Timestamp.from(settlement.startedAt()));
              }
              statement.setBoolean(8, settlement.status() == Status.PENDING);
              statement.setLong(9, settlement.message().id());
            }));
  }

  /**
   * Puts back in line what a dead run had claimed: each may have been sent. Must run under the
   * channel's new fence.
   *
   * @return how many there were, at most that run's window
   */
  public int resendClaimed(String channel) {
    return jdbc.update(RESEND, channel);
  }

  /**
   * Parks what a dead run had claimed, so that nothing is sent twice. Must run under the channel's
   * new fence.
   *
   * @return how many there were, at most that run's window
   */
  public int quarantineClaimed(String channel) {
    return jdbc.update(QUARANTINE, channel);
  }

  /** Whether anything waits to be sent or was claimed; reads one row at the most. */
  public boolean anyWaiting(String channel) {
    return count(ANY_WAITING, channel) > 0;
  }

  /** How many wait to be sent, or were claimed and not settled; reads as many index entries. */
  public long unsettled(String channel) {
    return count(COUNT_UNSETTLED, channel);
  }

  private long count(String sql, String channel) {
    Long count = jdbc.queryForObject(sql, Long.class, channel);
    return count == null ? 0 : count;
  }

  static Message message(ResultSet row, int number) throws SQLException {
    String headers = row.getString(7);
    return new Message(
        row.getLong(1),
        row.getString(2),
        row.getLong(3),
        row.getString(4),
        row.getString(5),
        row.getString(6),
        headers == null ? Map.of() : JSON.readValue(headers, HEADERS),
        row.getString(8),
        row.getInt(9));
  }

  private static @Nullable String shortened(@Nullable String error) {
    return error == null || error.length() <= LONGEST_ERROR
        ? error
        : error.substring(0, LONGEST_ERROR);
  }

  private static <T> BatchPreparedStatementSetter batch(List<T> rows, Binding<T> binding) {
    return new BatchPreparedStatementSetter() {
      @Override
      public void setValues(PreparedStatement statement, int i) throws SQLException {
        binding.bind(statement, rows.get(i));
      }

      @Override
      public int getBatchSize() {
        return rows.size();
      }
    };
  }

  private interface Binding<T> {
    void bind(PreparedStatement statement, T row) throws SQLException;
  }
}
