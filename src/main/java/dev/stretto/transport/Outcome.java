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
   * @param retryAfter how long the destination asked to wait, from 0; null where it did not say.
   *     With {@link Fault#FAILED} the message alone waits that long, with {@link Fault#UNAVAILABLE}
   *     the channel
   */
  record RetryLater(Fault fault, String reason, @Nullable Duration retryAfter) implements Outcome {}

  /**
   * The destination refused, or the message can't be sent at all; sending the same again would not
   * help.
   *
   * @param refused what it refused
   * @param reason for people
   */
  record Rejected(Refused refused, String reason) implements Outcome {}

  /**
   * What one of several destinations did that a channel's messages name: it says nothing of the
   * others. Where it is unavailable, only the message's ordering key waits.
   *
   * @param destination which of them, the same text for the same one
   * @param outcome of the call, not one apart itself
   */
  record Apart(String destination, Outcome outcome) implements Outcome {}

  /** What a destination refuses. */
  enum Refused {
    /** The message as it is: another one may well be taken. */
    MESSAGE,
    /** Whoever sends, or the address: any message would be refused, until a person acts. */
    SENDER,
    /** Everything from now on: it is gone, so that the channel sends nothing more in this run. */
    CHANNEL,
    /**
     * The credentials with which calls are made, before one was: the channel sends nothing more in
     * this run, until a person acts. Nothing is charged to the message.
     */
    CREDENTIALS,
    /**
     * Nothing: the message can't become a call, and none was made. The message is parked at once,
     * for the destination had no part in it.
     */
    UNSENDABLE
  }

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
    UNAVAILABLE,
    /**
     * The destination did nothing with this call, as it said itself, and takes others: the call
     * goes back to its place and out again at once. Costs no attempt.
     */
    UNTAKEN,
    /**
     * What the sender shows of itself had to be renewed first, and the destination did nothing with
     * this call, if it saw it at all: the call goes back to its place and out again at once. Costs
     * no attempt.
     */
    UNREADY
  }
}
