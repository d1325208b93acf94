package dev.stretto.transport.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.stretto.message.Message;
import dev.stretto.transport.Call;
import dev.stretto.transport.ReasonText;
import java.util.Locale;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/** Makes a call's record: the payload's bytes, the key that chooses the partition, and headers. */
final class KafkaRecords {

  private static final String OURS = "stretto-";
  private static final String CONTENT_TYPE = "content-type";

  private final String topic;
  private final String channel;

  KafkaRecords(String topic, String channel) {
    this.topic = topic;
    this.channel = channel;
  }

  /** Why the message can't become a record; null where it can. One line. */
  static @Nullable String problem(Message message) {
    for (String name : message.headers().keySet()) {
      String lower = name.toLowerCase(Locale.ROOT);
      if (lower.startsWith(OURS)) {
        return "header '" + ReasonText.oneLine(name) + "' is set by Stretto; choose another name";
      }
      if (lower.equals(CONTENT_TYPE)) {
        return "header '"
            + ReasonText.oneLine(name)
            + "' is set from the message's content type; give it there";
      }
    }
    return null;
  }

  /**
   * The call's record. Messages without a key have the channel's name for one, so that all of them
   * are in one partition, in their order.
   */
  ProducerRecord<byte[], byte[]> of(Call call) {
    Message message = call.message();
    String key = message.orderingKey() == null ? channel : message.orderingKey();
    ProducerRecord<byte[], byte[]> record =
        new ProducerRecord<>(topic, key.getBytes(UTF_8), message.payload().getBytes(UTF_8));
    Headers headers = record.headers();
    add(headers, CONTENT_TYPE, message.contentType());
    add(headers, OURS + "message-id", message.messageId());
    add(headers, OURS + "channel", message.channel());
    add(headers, OURS + "position", Long.toString(message.position()));
    add(headers, OURS + "attempt", Integer.toString(call.attempt()));
    add(headers, OURS + "fence", Long.toString(call.fence()));
    message.headers().forEach((name, value) -> add(headers, name, value));
    return record;
  }

  private static void add(Headers headers, String name, String value) {
    headers.add(name, value.getBytes(UTF_8));
  }
}
