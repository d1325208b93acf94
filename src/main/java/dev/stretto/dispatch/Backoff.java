package dev.stretto.dispatch;

import dev.stretto.dispatch.DispatchSettings.Retry;
import java.util.random.RandomGenerator;

/** How long to wait before an attempt: exponential, capped, of which the second half is random. */
final class Backoff {

  private final Retry retry;
  private final RandomGenerator random;

  Backoff(Retry retry, RandomGenerator random) {
    this.retry = retry;
    this.random = random;
  }

  /**
   * Draws a wait, between half the nominal one and the whole, in nanoseconds.
   *
   * @param faults how many attempts failed so far, from 1
   */
  long nanos(int faults) {
    double nominal =
        Math.min(
            (double) retry.backoff().toNanos() * Math.pow(retry.multiplier(), faults - 1),
            (double) retry.maxBackoff().toNanos());
    return (long) (nominal * (0.5 + 0.5 * random.nextDouble()));
  }
}
