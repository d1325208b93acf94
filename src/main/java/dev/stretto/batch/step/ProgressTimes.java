package dev.stretto.batch.step;

import java.time.Duration;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;

/**
 * When a step tells the job repository how far it is: once a second, all steps of the process at
 * the same time, so that they are committed together. Of more than {@link #AT_ONCE} steps about
 * that many each second, in turn, or it would take more of the database than the messages do. Used
 * by one thread.
 */
final class ProgressTimes {

  /** The time between two, of few steps. */
  static final Duration SHORTEST = Duration.ofSeconds(1);

  static final int AT_ONCE = 64;

  private final LongSupplier nanos;
  private final IntSupplier steps;

  /** The first of the seconds, which are the same for all steps, in which it is told again. */
  private long next;

  /**
   * Of a step that begins now.
   *
   * @param nanos the process' clock, nanoseconds from any begin
   * @param steps how many run in this process, this one among them
   */
  ProgressTimes(LongSupplier nanos, IntSupplier steps) {
    this.nanos = nanos;
    this.steps = steps;
    this.next = second() + 1 + secondsBetween();
  }

  boolean due() {
    return second() - next >= 0;
  }

  void told() {
    next = second() + secondsBetween();
  }

  /** The first of steps that begin at once wait for fewer than the last: so they come in turn. */
  private int secondsBetween() {
    return 1 + (steps.getAsInt() - 1) / AT_ONCE;
  }

  private long second() {
    return Math.floorDiv(nanos.getAsLong(), SHORTEST.toNanos());
  }
}
