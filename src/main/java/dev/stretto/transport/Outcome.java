package dev.stretto.transport;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What became of one call. Reasons are for people: one line, without secrets. */
public sealed interface Outcome {

  /** The destination took the message. */
  record Delivered() implements Outcome {}

  /**
   * The message may be sent again.
   *
   * @param fault what went wrong
   * @param reason for people, such as {@code HTTP 502: upstream is restarting}
   * @param retryAfter how long the destination asked to wait, from 0; null where it did not say
   */
  record RetryLater(Fault fault, String reason, @Nullable Duration retryAfter) implements Outcome {}

  /**
   * The message must not be sent again.
   *
   * @param reason for people
   * @param switchOff whether the destination is gone, so that the channel sends nothing more in
   *     this run
   */
  record Rejected(String reason, boolean switchOff) implements Outcome {}

  /** The faults after which a message may be sent again. */
  enum Fault {
    /**
     * The destination answered that it failed; it may do better next time. Counts as an attempt.
     */
    FAILED,
    /** No answer came: the message may have arrived. Counts as an attempt. */
    UNKNOWN,
    /**
     * The destination can't be reached or takes nothing now. Closes the channel's start gate, costs
     * no attempt.
     */
    UNAVAILABLE
  }
}
