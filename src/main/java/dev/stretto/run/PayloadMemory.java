package dev.stretto.run;

import java.util.concurrent.atomic.AtomicLong;

/**
 * How much payload all runs of a process hold: what is lined up, under way, or waits to be tried
 * again. Thread-safe.
 *
 * <p>A run that holds none may always take one message, however long: so the bound is exceeded by
 * at most one message a channel, and no channel waits for another for ever.
 */
public final class PayloadMemory {

  private final long limit;
  private final AtomicLong held = new AtomicLong();

  /**
   * @param limit bytes, 1 or more
   */
  public PayloadMemory(long limit) {
    this.limit = limit;
  }

  /** That of one run, to be closed when it is over. */
  Share share() {
    return new Share();
  }

  /** What one run holds. Thread-safe. */
  final class Share implements AutoCloseable {

    private long own;
    private boolean closed;

    /** Whether so many bytes more are within the bound. */
    synchronized boolean fits(long bytes) {
      return own == 0 || held.get() + bytes <= limit;
    }

    synchronized void take(long bytes) {
      change(bytes);
    }

    synchronized void giveBack(long bytes) {
      change(-bytes);
    }

    private void change(long bytes) {
      if (!closed) {
        own += bytes;
        held.addAndGet(bytes);
      }
    }

    /** Gives everything back; what comes later has no effect. */
    @Override
    public synchronized void close() {
      change(-own);
      closed = true;
    }
  }
}
