package dev.stretto.run;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * When a backlog looks at everything that waits again. That is cheap where the database forgets
 * what was sent. While some transaction stays open, PostgreSQL may not: each look then passes all
 * that was sent since, and would take ever more of the run's time. So the dearer the last look, the
 * longer until the next. Used on the step's thread.
 */
final class LookBacks {

  /** Of the time, at most this part, one in so many. */
  private static final int SHARE = 20;

  private final LongSupplier nanos;
  private long begun;
  private long ended;

  /**
   * @param nanos a clock that never jumps
   */
  LookBacks(LongSupplier nanos) {
    this.nanos = nanos;
    this.begun = nanos.getAsLong();
    this.ended = begun;
  }

  /**
   * Whether it is time again.
   *
   * @param pause how long after the last look at the least
   */
  boolean due(Duration pause) {
    return untilDue(pause) < 0;
  }

  /**
   * How long until it is time, in nanoseconds; negative where it is.
   *
   * @param pause as in {@link #due}
   */
  long untilDue(Duration pause) {
    long cost = ended - begun;
    return Math.max(pause.toNanos(), cost * (SHARE - 1)) - (nanos.getAsLong() - ended);
  }

  /** A look begins, and costs the time until {@link #end}. */
  void begin() {
    begun = nanos.getAsLong();
  }

  void end() {
    ended = nanos.getAsLong();
  }
}
