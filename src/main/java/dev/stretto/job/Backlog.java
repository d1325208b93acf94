package dev.stretto.job;

import dev.stretto.dispatch.Flight;
import dev.stretto.outbox.Message;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.batch.infrastructure.item.ItemReader;

/**
 * Reads what waits in the outbox in the order it shall start in. The step's thread reads; the
 * recorder's thread tells what became of what was read.
 */
sealed interface Backlog extends ItemReader<Message> permits LineBacklog, KeyBacklog {

  /** How many rows are read at once. */
  int PAGE = 200;

  /** How long a row that appears while calls are under way may wait to be seen. */
  Duration LOOK = Duration.ofMillis(100);

  /**
   * How often a backlog that never ends is searched for rows that were committed late, and for what
   * people decided about parked ones.
   */
  Duration LOOK_BACK = Duration.ofSeconds(1);

  /** The next message; null means that nothing is visible now, which ends a chunk. */
  @Override
  @Nullable Message read();

  /**
   * Blocks until something waits to be read, or everything read so far is settled and nothing more
   * is visible.
   *
   * @return false where the run has nothing more to read
   */
  boolean awaitMore();

  /**
   * These are being settled: the transaction that records it is open, on the recorder's thread, and
   * takes what else has to be written with it. Where {@link #settlesInTransaction} says no, there
   * is none.
   */
  void settling(List<Flight> flights);

  /** Whether {@link #settling} may have something to write. */
  boolean settlesInTransaction();

  /** The table no longer shows these as waiting: they need not be known any more. */
  void forget(List<Flight> flights);
}
