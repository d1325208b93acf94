package dev.stretto.boot;

import dev.stretto.append.SingleInsert;
import dev.stretto.database.schema.Schema;
import dev.stretto.database.schema.SchemaDataSource;
import dev.stretto.settings.Channels;
import dev.stretto.settings.NameRule;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.UncategorizedSQLException;
import org.springframework.jdbc.datasource.DataSourceUtils;
import org.springframework.jdbc.support.SQLExceptionSubclassTranslator;
import org.springframework.jdbc.support.SQLExceptionTranslator;
import org.springframework.transaction.IllegalTransactionStateException;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Appends messages in the caller's transaction, whichever of Spring's transaction managers has
 * begun it on the application's {@code DataSource}: what else it writes and the message are both
 * stored, or neither is. A message is sent once the transaction is committed, by the next run of
 * the job {@code dispatch}.
 *
 * <p>An append is one insert. It neither flushes a persistence context nor waits for anybody but
 * the database. Thread-safe.
 */
public final class StrettoOutbox {

  private final DataSource connections;
  private final Schema schema;
  private final Channels channels;
  private final SingleInsert insert = new SingleInsert();
  private final SQLExceptionTranslator translator = new SQLExceptionSubclassTranslator();

  StrettoOutbox(DataSource connections, Schema schema, Channels channels) {
    this.connections = connections;
    this.schema = schema;
    this.channels = channels;
  }

  /**
   * Appends a message of JSON; see {@link #append(OutboxMessage)}.
   *
   * @param key the ordering key, or null where the message stands alone
   * @param payload the body, exactly as it is sent
   * @return the message's id, which the receiver gets as its {@code Idempotency-Key}
   */
  public String append(String channel, @Nullable String key, String payload) {
    return append(OutboxMessage.to(channel, payload).withKey(key));
  }

  /**
   * Appends a message.
   *
   * @return the message's id, which the receiver gets as its {@code Idempotency-Key}
   * @throws IllegalTransactionStateException where no transaction is under way on the application's
   *     {@code DataSource}: the message could be stored without what it tells of
   * @throws IllegalArgumentException where the message can't be stored or sent, or {@code
   *     stretto.channels} has some and not this one; nothing was written
   * @throws org.springframework.dao.DataIntegrityViolationException where a message of that id is
   *     there; the transaction has to be rolled back
   * @throws DataAccessException where the database fails
   */
  public String append(OutboxMessage message) {
    requireChannel(message.channel());
    var row =
        new SingleInsert.Row(
            message.messageId(),
            message.key(),
            message.contentType(),
            message.headers(),
            message.payload());
    Connection connection = DataSourceUtils.getConnection(connections);
    try {
      if (!TransactionSynchronizationManager.isActualTransactionActive()
          || connection.getAutoCommit()) {
        throw new IllegalTransactionStateException(
            "append needs a transaction on the application's DataSource: call it from a"
                + " @Transactional method");
      }
      return insert.insert(SchemaDataSource.of(connection, schema), message.channel(), row);
    } catch (SQLException e) {
      throw translated(e);
    } finally {
      DataSourceUtils.releaseConnection(connection, connections);
    }
  }

  private DataAccessException translated(SQLException failure) {
    DataAccessException translated = translator.translate("append to the outbox", null, failure);
    return translated == null
        ? new UncategorizedSQLException("append to the outbox", null, failure)
        : translated;
  }

  private void requireChannel(String channel) {
    if (channels.isConfigured(channel)) {
      return;
    }
    if (!channels.names().isEmpty()) {
      throw new IllegalArgumentException(
          "stretto.channels has no channel " + channel + ", but " + channels.names());
    }
    NameRule.require("channel", channel);
  }
}
