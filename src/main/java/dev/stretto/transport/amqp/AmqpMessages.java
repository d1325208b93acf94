package dev.stretto.transport.amqp;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.rabbitmq.client.AMQP.BasicProperties;
import dev.stretto.message.Message;
import dev.stretto.transport.Call;
import dev.stretto.transport.Outcome.Refused;
import dev.stretto.transport.ReasonText;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Makes a call's message of AMQP: the payload's bytes, the routing key, properties and headers. */
final class AmqpMessages {

  private static final String OURS = "stretto-";

  /** RabbitMQ takes these for further routing keys, and ends the channel where they are text. */
  private static final Set<String> OF_THE_BROKER = Set.of("CC", "BCC");

  /** Has a broker write the message to its disk. */
  private static final int PERSISTENT = 2;

  private final String channel;
  private final @Nullable String routingKey;

  AmqpMessages(String channel, AmqpSettings settings) {
    this.channel = channel;
    this.routingKey = settings.routingKey();
  }

  /** The key by which an exchange finds the queues. */
  String routingKey(Message message) {
    if (routingKey != null) {
      return routingKey;
    }
    String key = message.orderingKey();
    return key == null ? channel : key;
  }

  /** Whom a broker refuses that has no queue for the message. */
  Refused unroutable(Message message) {
    return routingKey == null && message.orderingKey() != null ? Refused.MESSAGE : Refused.SENDER;
  }

  /** Why the message can't become one of AMQP; null where it can. One line. */
  @Nullable String problem(Message message) {
    String tooLong = tooLong("the message id", message.messageId());
    tooLong = tooLong == null ? tooLong("the content type", message.contentType()) : tooLong;
    tooLong = tooLong == null ? tooLong("the ordering key", routingKey(message)) : tooLong;
    if (tooLong != null) {
      return tooLong;
    }
    for (String name : message.headers().keySet()) {
      String shown = "header '" + ReasonText.oneLine(name) + "' ";
      if (name.toLowerCase(Locale.ROOT).startsWith(OURS)) {
        return shown + "is set by Stretto; choose another name";
      }
      if (OF_THE_BROKER.contains(name)) {
        return shown + "means further routing keys to the broker; choose another name";
      }
      if (AmqpSettings.bytes(name) > AmqpSettings.LONGEST_NAME) {
        return shown + "has a name of more than " + AmqpSettings.LONGEST_NAME + " bytes";
      }
    }
    return null;
  }

  private static @Nullable String tooLong(String what, String value) {
    return AmqpSettings.bytes(value) > AmqpSettings.LONGEST_NAME
        ? what + " has more than " + AmqpSettings.LONGEST_NAME + " bytes, which AMQP can't carry"
        : null;
  }

  static byte[] body(Message message) {
    return message.payload().getBytes(UTF_8);
  }

  static BasicProperties properties(Call call) {
    Message message = call.message();
    Map<String, Object> headers = new LinkedHashMap<>();
    headers.put(OURS + "message-id", message.messageId());
    headers.put(OURS + "channel", message.channel());
    headers.put(OURS + "position", Long.toString(message.position()));
    headers.put(OURS + "attempt", Integer.toString(call.attempt()));
    headers.put(OURS + "fence", Long.toString(call.fence()));
    headers.putAll(message.headers());
    return new BasicProperties.Builder()
        .messageId(message.messageId())
        .contentType(message.contentType())
        .deliveryMode(PERSISTENT)
        .headers(headers)
        .build();
  }
}
