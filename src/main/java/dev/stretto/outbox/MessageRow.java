package dev.stretto.outbox;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.util.Map;
import org.springframework.jdbc.core.RowMapper;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** Reads a message from the columns that every query of messages names in this order. */
final class MessageRow implements RowMapper<Message> {

  static final MessageRow MAPPER = new MessageRow();

  private static final TypeReference<Map<String, String>> HEADERS = new TypeReference<>() {};
  private static final JsonMapper JSON = JsonMapper.shared();

  private MessageRow() {}

  /**
   * Columns: id, channel, position, message_id, ordering_key, content_type, headers, payload,
   * attempts, first_started_at.
   */
  @Override
  public Message mapRow(ResultSet row, int number) throws SQLException {
    String headers = row.getString(7);
    Timestamp firstStartedAt = row.getTimestamp(10);
    return new Message(
        row.getLong(1),
        row.getString(2),
        row.getLong(3),
        row.getString(4),
        row.getString(5),
        row.getString(6),
        headers == null ? Map.of() : JSON.readValue(headers, HEADERS),
        row.getString(8),
        row.getInt(9),
        firstStartedAt == null ? null : firstStartedAt.toInstant());
  }
}
