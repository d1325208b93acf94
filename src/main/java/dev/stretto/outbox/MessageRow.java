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

  /** Of rows that wait to be sent. */
  static final MessageRow MAPPER = new MessageRow();

  private MessageRow() {}

  /**
   * Columns: id, channel, position, message_id, ordering_key, content_type, headers, payload,
   * attempts, first_started_at, status.
   */
  @Override
  public Message mapRow(ResultSet row, int number) throws SQLException {
    String status = row.getString(11);
    boolean waits = "PENDING".equals(status) || "IN_FLIGHT".equals(status);
    return read(
        row, waits ? null : "status: " + status + ", which is not that of a message that waits");
  }

  /** The same of a row in any state, without looking at its status. */
  public static Message anyOf(ResultSet row) throws SQLException {
    return read(row, null);
  }

  private static Message read(ResultSet row, @Nullable String problem) throws SQLException {
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
            payload == null ? "payload: null" : null,
            attempts < 0 ? "attempts: " + attempts + ", which is less than 0" : null));
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
