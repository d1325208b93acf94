package dev.stretto.dispatch;

import java.time.Duration;

/**
 * What a dispatcher did so far; all numbers are 0 or more.
 *
 * @param started first starts in this run
 * @param inFlight calls under way now
 * @param delivered recorded as delivered
 * @param parked recorded as parked
 * @param retried attempts beyond a message's first in this run
 * @param closed whether the start gate is closed now
 * @param calling from the first start to the last thing recorded
 */
public record Counts(
    long started,
    int inFlight,
    long delivered,
    long parked,
    long retried,
    boolean closed,
    Duration calling) {

  /** Nothing yet. */
  public static final Counts NONE = new Counts(0, 0, 0, 0, 0, false, Duration.ZERO);

  /** With messages that were parked before the dispatcher began. */
  public Counts withParked(long before) {
    return new Counts(started, inFlight, delivered, parked + before, retried, closed, calling);
  }

  /**
   * Two dispatchers' counts together; closed where either gate is, calling as long as the longer.
   */
  public Counts plus(Counts other) {
    return new Counts(
        started + other.started,
        inFlight + other.inFlight,
        delivered + other.delivered,
        parked + other.parked,
        retried + other.retried,
        closed || other.closed,
        calling.compareTo(other.calling) > 0 ? calling : other.calling);
  }
}
