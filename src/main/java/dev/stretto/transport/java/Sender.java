package dev.stretto.transport.java;

import dev.stretto.message.Message;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * A destination of your own. Name the class in {@code stretto.channels.<channel>.java.class}; it
 * needs a public constructor without parameters. One instance serves a whole run of a channel and
 * is called from many threads at once, up to the channel's window. In an application of Spring's it
 * may be a bean with the channel's name instead, which serves all runs: {@link #open} and {@link
 * #close} are then left to the application.
 *
 * <p>A message may come again, under the same id, whenever its outcome was not recorded. How a call
 * ends decides what becomes of its message:
 *
 * <ul>
 *   <li>it returns: delivered
 *   <li>{@link RejectedException}: not sent again
 *   <li>{@link UnavailableException}, and exceptions of the JDK that say that no connection could
 *       be made: nothing new is started for a while, and it costs no attempt
 *   <li>a timeout or a lost connection, by the JDK's exceptions: sent again, or parked with {@code
 *       on-unknown: quarantine}, as it may have arrived
 *   <li>anything else that is thrown: sent again until the attempts are used up
 * </ul>
 *
 * A call is never interrupted.
 */
public interface Sender {

  /**
   * Reads the settings, once and before the first message. Connect when the first message is sent,
   * not here: whatever this throws counts as a mistake in the configuration.
   *
   * @param properties what {@code stretto.channels.<channel>.java.properties} says; may be empty
   */
  default void open(Map<String, String> properties) throws Exception {}

  /**
   * Sends one message and returns when the destination has it. May block: every call has a virtual
   * thread of its own. Calls are entered in start order: this method is not entered for a message
   * before it was entered for the one started before.
   */
  void send(Message message) throws Exception;

  /**
   * Sends one message without waiting; override it where the destination's client is asynchronous.
   * Then calls don't even overlap here: this method is not entered before it returned for the
   * message started before, so it must not block.
   *
   * @return completes when the destination has the message, or fails as {@link #send} would throw
   */
  default CompletionStage<?> sendAsync(Message message) throws Exception {
    send(message);
    return CompletableFuture.completedStage(null);
  }

  /** Frees what the sender holds, at the end of a run; calls may still be under way. */
  default void close() throws Exception {}
}
