package dev.stretto.transport.java;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The destination takes nothing now, and the message did not reach it: nothing new is started for a
 * while.
 */
public final class UnavailableException extends Exception {

  private final @Nullable Duration retryAfter;

  /**
   * @param reason for people; one line, without secrets
   * @param retryAfter how long the destination asked to wait, from 0; null where it did not say
   */
  public UnavailableException(String reason, @Nullable Duration retryAfter) {
    super(reason);
    this.retryAfter = retryAfter;
  }

  /** How long the destination asked to wait, or null. */
  public @Nullable Duration retryAfter() {
    return retryAfter;
  }
}
