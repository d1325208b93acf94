package dev.stretto.transport.amqp;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.Return;
import com.rabbitmq.client.ShutdownSignalException;
import dev.stretto.transport.Outcome;
import dev.stretto.transport.ReasonText;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/**
 * One connection with one channel of AMQP, and the messages on it that the broker has not yet
 * confirmed.
 */
final class AmqpLink implements AutoCloseable {

  private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(2);

  private final Connection connection;
  private final Socket socket;
  private final String exchange;
  private final Channel channel;

  /** By the number that the channel gives to a message. */
  private final ConcurrentNavigableMap<Long, AmqpCall> unconfirmed = new ConcurrentSkipListMap<>();

  private volatile boolean served;
  private volatile @Nullable String blocked;

  /**
   * Readies the channel.
   *
   * @throws IOException where the broker refuses that, as where there is no such exchange
   */
  AmqpLink(Connection connection, Socket socket, String exchange) throws IOException {
    this.connection = connection;
    this.socket = socket;
    this.exchange = exchange;
    this.channel = Objects.requireNonNull(connection.createChannel(), "no channel is left");
    if (!exchange.isEmpty()) {
      channel.exchangeDeclarePassive(exchange);
    }
    channel.confirmSelect();
    channel.addReturnListener(this::returned);
    channel.addConfirmListener(
        (number, several) -> upTo(number, several).forEach(this::delivered),
        (number, several) -> upTo(number, several).forEach(AmqpCall::refused));
    channel.addShutdownListener(this::lost);
    connection.addBlockedListener(
        reason -> blocked = ReasonText.oneLine(reason), () -> blocked = null);
  }

  boolean isOpen() {
    return channel.isOpen();
  }

  /** Whether the broker has confirmed a message on this connection. */
  boolean served() {
    return served;
  }

  /** Why the broker takes nothing now; null where it does. */
  @Nullable String blocked() {
    return blocked;
  }

  /**
   * Writes the message, for which the broker may make it wait.
   *
   * @throws AlreadyClosedException where nothing was written
   * @throws IOException where something may have been
   */
  void publish(AmqpCall call, String routingKey, BasicProperties properties, byte[] body)
      throws IOException {
    long number = channel.getNextPublishSeqNo();
    unconfirmed.put(number, call);
    try {
      // INVARIANT (order of arrival): one thread publishes, on one channel, which the broker reads
      // in order.
      channel.basicPublish(exchange, routingKey, true, properties, body);
    } catch (IOException | RuntimeException e) {
      unconfirmed.remove(number);
      throw e;
    }
  }

  /** Those that a confirm is about; they are no longer unconfirmed. */
  private Collection<AmqpCall> upTo(long number, boolean several) {
    if (!several) {
      AmqpCall call = unconfirmed.remove(number);
      return call == null ? List.of() : List.of(call);
    }
    NavigableMap<Long, AmqpCall> head = unconfirmed.headMap(number, true);
    Collection<AmqpCall> calls = new ArrayList<>(head.values());
    head.clear();
    return calls;
  }

  private void delivered(AmqpCall call) {
    served = true;
    call.confirmed();
  }

  /** The broker has no queue for it; its confirm comes next. */
  private void returned(Return message) {
    String id = message.getProperties().getMessageId();
    unconfirmed.values().stream()
        .filter(call -> call.id().equals(id))
        .findFirst()
        .ifPresent(call -> call.returned(ReasonText.oneLine(message.getReplyText())));
  }

  private void lost(ShutdownSignalException cause) {
    if (cause.isInitiatedByApplication()) {
      // The run is over, or nothing was under way.
      return;
    }
    Collection<AmqpCall> calls = new ArrayList<>(unconfirmed.values());
    unconfirmed.clear();
    for (AmqpCall call : calls) {
      Outcome outcome = call.faults().lost(cause, calls.size() == 1);
      call.finish(outcome);
    }
  }

  /** Ends the connection at once, whatever waits to be written. */
  void cut() {
    try {
      socket.close();
    } catch (IOException _) {
      // It is of no use any more, and nobody uses it.
    }
  }

  /** Ends the connection; some seconds are enough for a broker that answers. */
  @Override
  public void close() {
    int patience = Math.toIntExact(CLOSE_PATIENCE.toMillis());
    Thread closing = Thread.ofVirtual().name("amqp-close").start(() -> connection.abort(patience));
    try {
      var _ = closing.join(CLOSE_PATIENCE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    cut();
  }
}
