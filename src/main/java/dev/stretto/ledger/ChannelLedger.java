package dev.stretto.ledger;

import dev.stretto.dispatch.Task;
import dev.stretto.dispatch.Turn;
import dev.stretto.message.ClosedKey;
import dev.stretto.message.Message;
import dev.stretto.outbox.ChannelGates.Gate;
import dev.stretto.outbox.ChannelGates.Standing;
import java.util.List;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * What is durable of one channel, as the run that holds its lease writes it: positions, claims and
 * settlements. Every write is fenced, so that a run whose channel another run has taken over writes
 * nothing.
 *
 * <p>Not thread-safe: used on the recorder's thread, after {@link #open}.
 */
public interface ChannelLedger extends AutoCloseable {

  /**
   * Takes the channel over: fences off earlier runs and puts in order what they left. Called once,
   * before anything else. Blocks for as long as that takes.
   *
   * @throws IllegalStateException where a later run has taken over
   */
  Found open();

  /**
   * Commits a turn: what has ended is settled, what is given back is back in line, and what is
   * picked is claimed and has a position, and keys are closed. Blocks until that is durable as far
   * as a start must wait for it.
   *
   * @return of this turn and earlier ones, the messages whose rows say by now what became of them,
   *     each once
   * @throws FencedOffException where another run has taken the channel over: nothing was written
   * @throws RuntimeException where the database failed; the ledger goes on as if the turn had never
   *     been given to it, but whether it was committed is unknown where the connection was lost
   */
  List<Task> commit(Turn turn);

  /**
   * Commits what became of these and nothing else, after {@link #commit} has failed for something
   * that one message brought about.
   *
   * @param ended none of them blocks its key
   * @return as {@link #commit} does
   */
  List<Task> rescue(List<Task> ended);

  /**
   * Gives positions and does work in one transaction.
   *
   * @param unpositioned which the work gives the next positions, in this order
   * @param work is given the highest position that was given before
   * @return what the work returned
   * @throws FencedOffException where another run has taken the channel over: nothing was written
   */
  List<Message> write(List<Message> unpositioned, LongFunction<List<Message>> work);

  /**
   * Keeps why the channel stands still, for people and for later runs.
   *
   * @param standing null where the channel goes on
   * @throws FencedOffException where another run has taken the channel over: nothing was written
   */
  void note(@Nullable Standing standing);

  /**
   * How long until {@link #commit} has something of its own to write, even for an empty turn:
   * nanoseconds, 0 for now and {@code Long.MAX_VALUE} for never.
   */
  long nanosUntilDue();

  /** Blocks until all that was committed is in the messages' rows and on the disk. */
  @Override
  void close();

  /**
   * What an earlier run left.
   *
   * @param resent how many messages go back in line that it may have sent
   * @param parked how many were parked: such ones where they may not be sent twice, and rows that
   *     make no sense
   * @param gate until when the destination asked to be left alone, though that may be over; null
   *     where it never asked
   * @param stands whether the database says that the channel stands still
   * @param keys those that were not to be called before a time, though that may be over
   */
  record Found(
      int resent, long parked, @Nullable Gate gate, boolean stands, List<ClosedKey> keys) {}

  /** Another run has taken the channel over: nothing was written. */
  final class FencedOffException extends RuntimeException {}
}
