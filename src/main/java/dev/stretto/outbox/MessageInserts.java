package dev.stretto.outbox;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Inserts into {@code outbox_message}, in batches bounded by rows and by characters. */
final class MessageInserts implements AutoCloseable {

  private static final int MAX_ROWS = 1000;
  private static final int MAX_CHARACTERS = 4 * 1024 * 1024;
  private static final String INSERT =
      """
      insert into outbox_message
        (channel, message_id, ordering_key, content_type, headers, payload)
      values (?, ?, ?, ?, ?, ?)
      """;

  private final Connection connection;
  private final String channel;
  private final PreparedStatement insert;
  private final MessageIds ids = new MessageIds(InstantSource.system());
  private final List<NewMessage> batch = new ArrayList<>(MAX_ROWS);
  private int characters;
  private long inserted;
  private long skipped;

  MessageInserts(Connection connection, String channel) throws SQLException {
    this.connection = connection;
    this.channel = channel;
    this.insert = connection.prepareStatement(INSERT);
  }

  void add(NewMessage message) throws SQLException {
    batch.add(message);
    characters += message.payload().length();
    if (batch.size() == MAX_ROWS || characters > MAX_CHARACTERS) {
      flush();
    }
  }

  /** Sends what was added; it is stored once the caller commits. */
  void flush() throws SQLException {
    Set<String> taken = takenIds();
    int rows = 0;
    for (NewMessage message : batch) {
      String id = message.messageId();
      if (id != null && !taken.add(id)) {
        skipped++;
        continue;
      }
      insert.setString(1, channel);
      insert.setString(2, id == null ? ids.next() : id);
      insert.setString(3, message.orderingKey());
      insert.setString(4, message.contentType());
      insert.setString(5, message.headers());
      insert.setString(6, message.payload());
      insert.addBatch();
      rows++;
    }
    if (rows > 0) {
      insert.executeBatch();
    }
    inserted += rows;
    batch.clear();
    characters = 0;
  }

  long inserted() {
    return inserted;
  }

  /** How many messages were left out, since their id was in the table or earlier in the input. */
  long skipped() {
    return skipped;
  }

  private Set<String> takenIds() throws SQLException {
    Set<String> given = new HashSet<>();
    for (NewMessage message : batch) {
      if (message.messageId() != null) {
        given.add(message.messageId());
      }
    }
    Set<String> taken = new HashSet<>();
    if (given.isEmpty()) {
      return taken;
    }
    String marks = String.join(", ", Collections.nCopies(given.size(), "?"));
    try (PreparedStatement query =
        connection.prepareStatement(
            "select message_id from outbox_message where message_id in (" + marks + ")")) {
      int index = 1;
      for (String id : given) {
        query.setString(index++, id);
      }
      try (ResultSet rows = query.executeQuery()) {
        while (rows.next()) {
          taken.add(rows.getString(1));
        }
      }
    }
    return taken;
  }

  @Override
  public void close() throws SQLException {
    insert.close();
  }
}
