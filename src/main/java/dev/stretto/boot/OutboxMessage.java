package dev.stretto.boot;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A message to append: {@code OutboxMessage.to("space", json).withKey("c-12")}.
 *
 * @param channel the channel's name
 * @param payload the body, sent exactly as it is here: up to 1,048,576 characters on H2, 1 GB on
 *     PostgreSQL, what {@code max_allowed_packet} leaves on MariaDB; no U+0000
 * @param key the ordering key, 1 to 200 characters, or null where the message stands alone
 * @param messageId the idempotency key, 1 to 200 characters of ASCII, or null for a UUID that is
 *     made as it is appended
 * @param contentType the payload's media type, 1 to 200 characters of ASCII
 * @param headers sent with the message, by their names; up to 8,000 characters as JSON
 */
public record OutboxMessage(
    String channel,
    String payload,
    @Nullable String key,
    @Nullable String messageId,
    String contentType,
    Map<String, String> headers) {

  private static final String JSON = "application/json";

  public OutboxMessage {
    headers = Map.copyOf(headers);
  }

  /** A message of JSON without key and headers, whose id is made as it is appended. */
  public static OutboxMessage to(String channel, String payload) {
    return new OutboxMessage(channel, payload, null, null, JSON, Map.of());
  }

  /** The same with an ordering key. */
  public OutboxMessage withKey(@Nullable String newKey) {
    return new OutboxMessage(channel, payload, newKey, messageId, contentType, headers);
  }

  /** The same with an id of its own: a second append of that id fails, and its transaction too. */
  public OutboxMessage withMessageId(String newId) {
    return new OutboxMessage(channel, payload, key, newId, contentType, headers);
  }

  /** The same with another media type. */
  public OutboxMessage withContentType(String newType) {
    return new OutboxMessage(channel, payload, key, messageId, newType, headers);
  }

  /** The same with these headers, and no others. */
  public OutboxMessage withHeaders(Map<String, String> newHeaders) {
    return new OutboxMessage(channel, payload, key, messageId, contentType, newHeaders);
  }

  /** Without payload and headers: they may hold secrets. */
  @Override
  public String toString() {
    return "OutboxMessage[channel=" + channel + ", key=" + key + ", messageId=" + messageId + "]";
  }
}
