package dev.stretto.outbox.admin;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A message that was set aside, as a list shows it.
 *
 * @param messageId what people and receivers know it by; unique in the whole outbox
 * @param position its place in the channel, from 1
 * @param orderingKey what it belongs to, or null where it stands alone
 * @param attempts how many calls were made for it, 0 or more
 * @param lastError the last answer, or null where none was recorded
 * @param parkedAt when it was set aside, by the database's clock
 */
public record ParkedMessage(
    String channel,
    String messageId,
    long position,
    @Nullable String orderingKey,
    int attempts,
    @Nullable String lastError,
    @Nullable Instant parkedAt) {}
