package dev.stretto.append;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.StringWriter;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** Inserts one message in a transaction that is somebody else's. Thread-safe. */
public final class SingleInsert {

  private static final JsonFactory JSON = new JsonFactory();

  private final MessageIds ids = new MessageIds(InstantSource.system());

  /**
   * A message that is not in the outbox yet.
   *
   * @param messageId the idempotency key, or null for one that is made here
   * @param orderingKey what the message belongs to, or null where it stands alone
   * @param contentType the media type of the payload
   * @param headers by their names
   * @param payload the body, exactly as it is sent
   */
  public record Row(
      @Nullable String messageId,
      @Nullable String orderingKey,
      String contentType,
      Map<String, String> headers,
      String payload) {}

  /**
   * Inserts the message; neither commits nor rolls back.
   *
   * @param connection one on which the bare names of Stretto's tables mean those
   * @return the message's id
   * @throws IllegalArgumentException naming what can't be stored or sent; nothing was inserted
   */
  public String insert(Connection connection, String channel, Row row) throws SQLException {
    check(row);
    String id = row.messageId() == null ? ids.next() : row.messageId();
    try (PreparedStatement insert = connection.prepareStatement(MessageInserts.INSERT)) {
      insert.setString(1, channel);
      insert.setString(2, id);
      insert.setString(3, row.orderingKey());
      insert.setString(4, row.contentType());
      insert.setString(5, headers(row.headers()));
      insert.setString(6, row.payload());
      insert.executeUpdate();
    }
    return id;
  }

  private static void check(Row row) {
    require("the message id", Field.MESSAGE_ID, row.messageId());
    require("the key", Field.KEY, row.orderingKey());
    require("the content type", Field.CONTENT_TYPE, row.contentType());
    if (row.payload().indexOf('\0') >= 0 || !UTF_8.newEncoder().canEncode(row.payload())) {
      throw new IllegalArgumentException("the payload has a character that can't be stored");
    }
  }

  private static void require(String what, Field field, @Nullable String value) {
    String problem = value == null ? null : field.problem(value);
    if (problem != null) {
      throw new IllegalArgumentException(what + " " + problem);
    }
  }

  private static @Nullable String headers(Map<String, String> headers) {
    if (headers.isEmpty()) {
      return null;
    }
    Set<String> seen = new HashSet<>();
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), text)) {
      json.writeStartObject();
      headers.forEach((name, value) -> {
        refuse(HeaderRule.nameProblem(name, seen));
        refuse(HeaderRule.valueProblem(name, value));
        json.writeStringProperty(name, value);
      });
      json.writeEndObject();
    }
    refuse(text.getBuffer().length() > HeaderRule.MAX_LENGTH ? HeaderRule.tooLong() : null);
    return text.toString();
  }

  private static void refuse(@Nullable String problem) {
    if (problem != null) {
      throw new IllegalArgumentException(problem);
    }
  }
}
