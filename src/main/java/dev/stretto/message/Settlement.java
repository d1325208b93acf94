package dev.stretto.message;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What is recorded of a claimed message at the end of a run's work on it.
 *
 * @param message the message, with its position
 * @param status {@code DELIVERED}, {@code PARKED}, or {@code PENDING} where it goes back in line
 * @param attempts how many calls were made for it so far, those of earlier runs included
 * @param lastError why the last call failed, or null where none did
 * @param startNumber how many first starts the run had made when it started this one, from 1; 0 if
 *     it never started it
 * @param startedAt when the run first started it, or null if it never did
 * @param blocksKey whether the later messages of its key wait until someone redrives or discards it
 */
public record Settlement(
    Message message,
    Status status,
    int attempts,
    @Nullable String lastError,
    long startNumber,
    @Nullable Instant startedAt,
    boolean blocksKey) {

  /** The start to be kept with a message that goes back in line; null for all others. */
  public @Nullable Instant keptStart() {
    return status == Status.PENDING ? startedAt : null;
  }
}
