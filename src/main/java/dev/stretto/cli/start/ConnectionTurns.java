package dev.stretto.cli.start;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Whose turn it is to ask the pool for a connection: no more at a time than it has connections. A
 * pool turns away whoever has asked for some seconds, since the database must be gone by then; with
 * a thousand channels in line it did so on a slow machine as well. Here they wait for as long as
 * connections come back, and only where none does may everybody ask and be told. Thread-safe.
 */
final class ConnectionTurns {

  private final Semaphore turns;
  private final long patienceMillis;
  private final AtomicLong returned = new AtomicLong();

  /**
   * @param connections of the pool, 1 or more
   * @param patienceMillis for how long nothing comes back where everybody may ask
   */
  ConnectionTurns(int connections, long patienceMillis) {
    this.turns = new Semaphore(connections, true);
    this.patienceMillis = patienceMillis;
  }

  /**
   * Blocks until the caller may ask.
   *
   * @return whether it has a turn, which is to be ended
   */
  boolean await() {
    long before;
    do {
      before = returned.get();
      try {
        if (turns.tryAcquire(patienceMillis, TimeUnit.MILLISECONDS)) {
          return true;
        }
      } catch (InterruptedException e) {
        // The pool says so to whoever asks it with the flag set.
        Thread.currentThread().interrupt();
        return false;
      }
    } while (returned.get() != before);
    return false;
  }

  /** Ends a turn, in which a connection came back. */
  void cameBack() {
    returned.incrementAndGet();
    turns.release();
  }

  /** Ends a turn, in which there was none. */
  void gotNone() {
    turns.release();
  }
}
