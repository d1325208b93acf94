package dev.stretto.run;

import java.util.function.BooleanSupplier;

/**
 * What a backlog does once it has read everything: an ordinary run ends, one that stays waits for
 * what is still to come. Used on the step's thread.
 */
interface Watch extends AutoCloseable {

  /** A look at the table begins. */
  void look();

  /**
   * Whether the run stays once everything is settled, so that nothing has to be looked for whatever
   * it costs.
   */
  boolean stays();

  /**
   * Blocks until everything that was read is settled, the time for another look has come, or there
   * is something new.
   *
   * @param lastId the highest id that was read
   * @param sooner ends the wait too; asked whenever something was recorded
   * @return whether everything is settled, or waits for a decision
   */
  boolean awaitIdle(long lastId, BooleanSupplier sooner);

  /**
   * Blocks until there is something new, the run has stopped or the time is over; to be called
   * where everything is settled.
   *
   * @param lastId the highest id that was read
   * @param atMost nanoseconds; {@code Long.MAX_VALUE} where everything was looked at
   * @return false where the run is to end instead
   */
  boolean awaitNews(long lastId, long atMost);

  /** Whether there is something new since the last look began. */
  boolean rang();

  /** Whether to read no further, and to let others have the run's place once all is settled. */
  boolean turnIsOver();

  /** Lets others have the run's place, and takes one again. */
  void passOn();

  @Override
  void close();
}
