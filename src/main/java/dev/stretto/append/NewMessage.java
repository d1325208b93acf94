package dev.stretto.append;

import org.jspecify.annotations.Nullable;

/**
 * A message that is not in the outbox yet.
 *
 * @param messageId the idempotency key the producer gave, or null for a random one
 * @param orderingKey what the message belongs to, or null where it stands alone
 * @param contentType the media type of the payload
 * @param headers a JSON object of strings, or null for none
 * @param payload the body, exactly as it was given
 */
record NewMessage(
    @Nullable String messageId,
    @Nullable String orderingKey,
    String contentType,
    @Nullable String headers,
    String payload) {

  /** What all messages have in common where an envelope does not say otherwise. */
  record Defaults(@Nullable String orderingKey, String contentType) {}
}
