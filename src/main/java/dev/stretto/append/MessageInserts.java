package dev.stretto.append;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.stretto.database.Vendor;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Inserts into {@code outbox_message}, in batches bounded by rows and by bytes. */
final class MessageInserts implements AutoCloseable {

  private static final int MAX_ROWS = 1000;
  private static final int MAX_BYTES = 12 * 1024 * 1024;

  /** What a row has beside its payload and its headers, at the most. */
  private static final int OTHER_BYTES = 4000;

  static final String INSERT =
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
  private final GivenIds given = new GivenIds();

  /** The most bytes that the server takes at once, be it one row or many. */
  private final long mostBytes;

  private long bytes;
  private long inserted;
  private long skipped;

  MessageInserts(Connection connection, String channel) throws SQLException {
    this.connection = connection;
    this.channel = channel;
    this.insert = connection.prepareStatement(INSERT);
    this.mostBytes = mostBytes(connection);
  }

  private static long mostBytes(Connection connection) throws SQLException {
    if (Vendor.of(connection) != Vendor.MARIADB) {
      return Long.MAX_VALUE;
    }
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("select @@max_allowed_packet")) {
      row.next();
      return row.getLong(1);
    }
  }

  /**
   * Adds a message.
   *
   * @param line the number of its line, from 1
   * @throws BadLineException where the database takes nothing that long, or the input gave the id
   *     to another message before
   */
  void add(NewMessage message, long line) throws SQLException {
    long row = OTHER_BYTES + bytes(message.payload()) + bytes(message.headers());
    if (row > mostBytes) {
      throw new BadLineException(
          line,
          "too long for the database: raise its max_allowed_packet, which is %,d bytes"
              .formatted(mostBytes));
    }
    if (batch.size() == MAX_ROWS || bytes + row > Math.min(MAX_BYTES, mostBytes)) {
      flush();
    }
    requireOneMeaning(message, line);
    batch.add(message);
    bytes += row;
  }

  private void requireOneMeaning(NewMessage message, long line) {
    String id = message.messageId();
    long before = id == null ? 0 : given.otherLine(id, message, line);
    if (before > 0) {
      throw new BadLineException(
          line,
          "has the message id of line %d, but says something else; give each message an id of its own"
              .formatted(before));
    }
  }

  /** The text's bytes in UTF-8; an upper bound where that is far below what the server takes. */
  private long bytes(@Nullable String text) {
    if (text == null) {
      return 0;
    }
    long most = 3L * text.length();
    return most < mostBytes / 4 ? most : text.getBytes(UTF_8).length;
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
    bytes = 0;
  }

  long inserted() {
    return inserted;
  }

  /** How many messages were left out, since their id was in the table or earlier in the input. */
  long skipped() {
    return skipped;
  }

  private Set<String> takenIds() throws SQLException {
    Set<String> asked = new HashSet<>();
    for (NewMessage message : batch) {
      String id = message.messageId();
      if (id != null) {
        asked.add(id);
      }
    }
    Set<String> taken = new HashSet<>();
    if (asked.isEmpty()) {
      return taken;
    }
    String marks = String.join(", ", Collections.nCopies(asked.size(), "?"));
    try (PreparedStatement query =
        connection.prepareStatement(
            "select message_id from outbox_message where message_id in (" + marks + ")")) {
      int index = 1;
      for (String id : asked) {
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
