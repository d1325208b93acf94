package dev.stretto.run;

import dev.stretto.message.Message;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Reads what waits in the outbox in the order it shall start in. Used on the step's thread. */
public sealed interface Backlog permits LineBacklog, KeyBacklog {

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
  @Nullable Message read();

  /**
   * Blocks until something waits to be read, or everything read so far is settled and nothing more
   * is visible.
   *
   * @param meanwhile done about every {@link #LOOK} while this waits
   * @return false where the run has nothing more to read, or has stopped
   */
  boolean awaitMore(Runnable meanwhile);
}
