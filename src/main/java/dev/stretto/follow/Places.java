package dev.stretto.follow;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * How many channels are worked on at once. Whoever has nothing to do gives its place to the next,
 * first come, first served. Thread-safe.
 */
public final class Places {

  /** How often whoever waits for a place looks whether it still wants one: a stop frees places. */
  private static final long LOOK_MILLIS = 1000;

  /** How long a channel may be worked on while others wait. */
  private static final Duration TURN = Duration.ofSeconds(10);

  private final Semaphore free;
  private final LongSupplier nanos;

  /**
   * @param places how many, 1 or more
   * @param nanos a clock that never jumps
   */
  public Places(int places, LongSupplier nanos) {
    this.free = new Semaphore(places, true);
    this.nanos = nanos;
  }

  /** One channel's, not taken yet. */
  public Place place() {
    return new Place();
  }

  /** A place of one channel's, used on its thread. */
  public final class Place {

    private boolean taken;
    private long takenAt;

    private Place() {}

    /** Takes the place where one is free and nobody waits. */
    public boolean tryTake() {
      return taken || taken(free.tryAcquire());
    }

    /** Blocks until the place is taken, in the order of those that wait. */
    public void take() {
      if (!taken) {
        free.acquireUninterruptibly();
        taken(true);
      }
    }

    /**
     * Blocks until the place is taken.
     *
     * @param needless asked about every second
     * @return false where it came to be needless before
     */
    public boolean take(BooleanSupplier needless) {
      while (!taken && !needless.getAsBoolean()) {
        try {
          taken(free.tryAcquire(LOOK_MILLIS, TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
          // Whoever interrupts has made it needless as well. With the flag set, the next access to
          // an H2 file would close it.
        }
      }
      return taken;
    }

    private boolean taken(boolean acquired) {
      if (acquired) {
        taken = true;
        takenAt = nanos.getAsLong();
      }
      return acquired;
    }

    /** Lets another have it. May be done twice. */
    public void giveBack() {
      if (taken) {
        taken = false;
        free.release();
      }
    }

    /** Whether others wait for a place. */
    public boolean wanted() {
      return free.hasQueuedThreads();
    }

    /** Whether others wait, and it is their turn. */
    public boolean turnIsOver() {
      return taken && wanted() && nanos.getAsLong() - takenAt > TURN.toNanos();
    }
  }
}
