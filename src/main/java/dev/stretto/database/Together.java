package dev.stretto.database;

import java.util.List;

/**
 * Does at once what several channels have ready; see {@link SharedCommits}.
 *
 * @param <T> what one of them has ready
 */
public interface Together<T> {

  /**
   * Does all of it, or fails.
   *
   * @param parts at least one
   * @throws RuntimeException where any of them can't be done: what was done is undone, and each is
   *     done alone, so that only the one at fault fails
   */
  void run(List<T> parts);

  /** Whether it is one statement, however many the parts: it is run without a transaction then. */
  boolean isOneStatement();
}
