package dev.stretto.outbox;

import dev.stretto.message.Message;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.RowMapper;

/**
 * Reads a message from the columns that every query of messages names in this order. Whatever
 * somebody's SQL has put into a row, it becomes a message, with a {@link Message#problem}: one row
 * must not keep the others from being read.
 */
public final class MessageRow implements RowMapper<Message> {

  /** Bytes up to which a payload comes along with its row. */
  static final int SHORT_PAYLOAD = 4096;

  /** Those of a row {@code m} that {@link #MAPPER} reads. */
  static final String COLUMNS =
      """
      m.id, m.channel, m.position, m.message_id, m.ordering_key, m.content_type, m.headers,
             case when octet_length(m.payload) <= %d then m.payload end, m.attempts,
             m.first_started_at, m.status, octet_length(m.payload)
      """
          .formatted(SHORT_PAYLOAD)
          .strip();

  /** Of rows that wait to be sent. */
  static final MessageRow MAPPER = new MessageRow();

  private MessageRow() {}

  @Override
  public Message mapRow(ResultSet row, int number) throws SQLException {
    String status = row.getString(11);
    boolean waits = "PENDING".equals(status) || "IN_FLIGHT".equals(status);
    return read(
        row,
        row.getLong(12),
        waits ? null : "status: " + status + ", which is not that of a message that waits");
  }

  /**
   * Of a row in any state, without looking at its status. Columns: id, channel, position,
   * message_id, ordering_key, content_type, headers, payload, attempts, first_started_at.
   */
  public static Message anyOf(ResultSet row) throws SQLException {
    return read(row, 0, null);
  }

  private static Message read(ResultSet row, long payloadBytes, @Nullable String problem)
      throws SQLException {
    StoredHeaders headers = StoredHeaders.of(row.getString(7));
    String messageId = row.getString(4);
    String contentType = row.getString(6);
    String payload = row.getString(8);
    int attempts = row.getInt(9);
    Timestamp firstStartedAt = row.getTimestamp(10);
    return new Message(
        row.getLong(1),
        row.getString(2),
        row.getLong(3),
        Objects.requireNonNullElse(messageId, ""),
        row.getString(5),
        Objects.requireNonNullElse(contentType, ""),
        headers.byName(),
        Objects.requireNonNullElse(payload, ""),
        attempts,
        firstStartedAt == null ? null : firstStartedAt.toInstant(),
        firstOf(
            problem,
            messageId(messageId),
            contentType == null || contentType.isBlank() ? "content_type: empty" : null,
            headers.problem(),
            payload == null && payloadBytes == 0 ? "payload: null" : null,
            attempts < 0 ? "attempts: " + attempts + ", which is less than 0" : null),
        payloadBytes);
  }

  /** Blanks around an id get lost on the way: two ids would look the same to a receiver. */
  private static @Nullable String messageId(@Nullable String id) {
    if (id == null || id.isBlank()) {
      return "message_id: empty";
    }
    return id.strip().equals(id) ? null : "message_id: begins or ends with a blank";
  }

  private static @Nullable String firstOf(@Nullable String... problems) {
    for (String problem : problems) {
      if (problem != null) {
        return problem;
      }
    }
    return null;
  }
}
