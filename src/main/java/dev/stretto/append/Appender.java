package dev.stretto.append;

import dev.stretto.database.Durability;
import dev.stretto.database.Vendor;
import java.io.IOException;
import java.io.InputStream;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Puts messages into the outbox: all of an input or none of it. */
public final class Appender {

  private final DataSource dataSource;
  private final Durability durability;

  public Appender(DataSource dataSource, Durability durability) {
    this.dataSource = dataSource;
    this.durability = durability;
  }

  /**
   * What the lines of an input have in common.
   *
   * @param channel where the messages go, 1 to 100 characters
   * @param orderingKey what they belong to unless their envelope says so, or null
   * @param contentType the media type of their payloads unless their envelope says so
   * @param envelopes whether a line describes a message, or is its payload
   */
  public record Input(
      String channel, @Nullable String orderingKey, String contentType, boolean envelopes) {}

  /**
   * What was done with an input.
   *
   * @param appended how many messages were stored
   * @param skipped how many were not, since their message id was there already
   * @param loneArray whether all that was there to store was one line that is an array
   */
  public record Result(long appended, long skipped, boolean loneArray) {}

  /**
   * Stores a message for each line that is not blank, in one transaction. Blocks until the input
   * ends and what was stored is on disk. Memory does not grow with the input.
   *
   * @throws BadLineException where a line is no message; nothing is stored
   * @throws IOException where the input can't be read; nothing is stored
   * @throws SQLException where the database fails; nothing is stored unless only the wait for the
   *     disk failed
   */
  public Result append(InputStream in, Input input) throws IOException, SQLException {
    Result result;
    try (Connection connection = dataSource.getConnection()) {
      connection.setAutoCommit(false);
      allowPauses(connection);
      boolean stored = false;
      try {
        result = insert(connection, in, input);
        connection.commit();
        stored = true;
      } finally {
        if (!stored) {
          connection.rollback();
        }
        connection.setAutoCommit(true);
      }
    }
    durability.sync();
    return result;
  }

  /**
   * Lifts the limit by which the server ends a session that is idle in a transaction: an input is
   * one transaction and may come slowly, such as from a pipe. It holds nothing that a run waits
   * for.
   */
  private static void allowPauses(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      switch (Vendor.of(connection)) {
        case H2 -> {}
        case POSTGRESQL -> statement.execute("set local idle_in_transaction_session_timeout = 0");
        case MARIADB -> statement.execute("set session idle_transaction_timeout = 0");
      }
    }
  }

  private static Result insert(Connection connection, InputStream in, Input input)
      throws IOException, SQLException {
    LineReader lines = new LineReader(in);
    LineParser parser =
        new LineParser(new NewMessage.Defaults(input.orderingKey(), input.contentType()));
    try (MessageInserts inserts = new MessageInserts(connection, input.channel())) {
      boolean array = false;
      for (String line = lines.next(); line != null; line = lines.next()) {
        if (!line.isBlank()) {
          array = !input.envelopes() && line.stripLeading().startsWith("[");
          inserts.add(
              input.envelopes()
                  ? parser.envelope(line, lines.number())
                  : parser.plain(line, lines.number()),
              lines.number());
        }
      }
      inserts.flush();
      long inserted = inserts.inserted();
      return new Result(inserted, inserts.skipped(), array && inserted == 1);
    }
  }
}
