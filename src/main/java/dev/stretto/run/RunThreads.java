package dev.stretto.run;

import java.util.concurrent.Semaphore;

/**
 * The threads of runs. Those of two have platform threads, which the operating system lets share
 * the cores with whatever else computes: at a high rate that took a fifth less CPU on H2. Those of
 * more, where it is their number that counts, have virtual ones. Thread-safe.
 */
public final class RunThreads {

  /** Runs with platform threads. */
  private static final int FEW = 2;

  private final Semaphore platform = new Semaphore(FEW);

  /** One run's, until it is closed. */
  final class Share implements AutoCloseable {

    private final boolean few = platform.tryAcquire();
    private boolean closed;

    private Share() {}

    Thread.Builder named(String name) {
      return few ? Thread.ofPlatform().daemon().name(name) : Thread.ofVirtual().name(name);
    }

    /** Its threads have ended. */
    @Override
    public void close() {
      if (few && !closed) {
        platform.release();
      }
      closed = true;
    }
  }

  Share share() {
    return new Share();
  }
}
