package dev.stretto.message;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One row of the outbox, as it was appended.
 *
 * @param id the row's number, in the order of insertion; rows may become visible in another order
 * @param channel the destination's name
 * @param position the place in the channel, from 1; 0 until the message has been given one
 * @param messageId the idempotency key: unique, and the same however often the message is sent
 * @param orderingKey what the message belongs to, or null where it stands alone
 * @param contentType the media type of the payload
 * @param headers what the producer wants sent beside the payload; may be empty
 * @param payload the body; its UTF-8 bytes are those that were appended
 * @param attempts how many calls were made for it before this run, 0 or more
 * @param firstStartedAt when an earlier run first started it and put it back in line, or null
 * @param problem why it can't be sent as it stands in the table, whatever the destination; null
 *     where it can. One line
 * @param payloadBytes the payload's length in UTF-8 bytes, 0 where nobody counted; where it is not
 *     0 and the payload is empty, the payload was left in the table
 */
public record Message(
    long id,
    String channel,
    long position,
    String messageId,
    @Nullable String orderingKey,
    String contentType,
    Map<String, String> headers,
    String payload,
    int attempts,
    @Nullable Instant firstStartedAt,
    @Nullable String problem,
    long payloadBytes) {

  /** A message that can be sent, and was not started before. */
  public Message(
      long id,
      String channel,
      long position,
      String messageId,
      @Nullable String orderingKey,
      String contentType,
      Map<String, String> headers,
      String payload,
      int attempts) {
    this(
        id,
        channel,
        position,
        messageId,
        orderingKey,
        contentType,
        headers,
        payload,
        attempts,
        null,
        null,
        0);
  }

  /** Whether the message already has its place in the channel. */
  public boolean positioned() {
    return position > 0;
  }

  /** The same message at its place in the channel. */
  public Message at(long place) {
    return new Message(
        id,
        channel,
        place,
        messageId,
        orderingKey,
        contentType,
        headers,
        payload,
        attempts,
        firstStartedAt,
        problem,
        payloadBytes);
  }

  /** Whether the payload is here. */
  public boolean whole() {
    return payloadBytes == 0 || !payload.isEmpty();
  }

  /** The same message with its payload, or with the reason why there is none. */
  public Message withPayload(String found, @Nullable String fault) {
    return new Message(
        id,
        channel,
        position,
        messageId,
        orderingKey,
        contentType,
        headers,
        found,
        attempts,
        firstStartedAt,
        problem == null ? fault : problem,
        found.isEmpty() ? 0 : payloadBytes);
  }
}
