package dev.stretto.outbox.admin;

import dev.stretto.message.Message;
import dev.stretto.message.Status;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Everything the outbox knows of a message.
 *
 * @param lastError why the last call failed, or null where none did
 * @param createdAt when it was appended
 * @param startedAt when the run that worked on it last started it first; null if that never did
 * @param settledAt when it was delivered, parked or discarded; null if it is not
 */
public record StoredMessage(
    Message message,
    Status status,
    @Nullable String lastError,
    Instant createdAt,
    @Nullable Instant startedAt,
    @Nullable Instant settledAt) {}
