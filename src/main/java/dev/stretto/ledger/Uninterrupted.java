package dev.stretto.ledger;

/**
 * Waits that an interrupt does not end, for a run is ending already then; nor is its flag kept, for
 * a thread that carries it into H2's file access closes the file.
 */
public final class Uninterrupted {

  private Uninterrupted() {}

  /** Blocks until the thread is over. */
  @SuppressWarnings("ThreadJoinLoop")
  public static void join(Thread thread) {
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        // as the class says
      }
    }
  }

  /**
   * Waits once for a lock that the caller holds; the loops are with the callers.
   *
   * @param millis at most, 0 for as long as it takes
   */
  @SuppressWarnings("WaitNotInLoop")
  public static void await(Object lock, long millis) {
    try {
      lock.wait(millis);
    } catch (InterruptedException e) {
      // as the class says
    }
  }
}
