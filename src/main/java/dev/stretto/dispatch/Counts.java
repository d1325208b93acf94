package dev.stretto.dispatch;

import dev.stretto.message.Settlement;
import java.time.Duration;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

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

  /** What is counted while a dispatcher runs. Not thread-safe: the dispatcher's lock guards it. */
  static final class Tally {

    private long started;
    private long delivered;
    private long parked;
    private long retried;
    private long firstStart;
    private long lastRecord;

    /** A call starts; the first of a message in this run gets the next number. */
    void started(Task task, long now, InstantSource clock) {
      if (task.startNumber == 0) {
        if (started == 0) {
          firstStart = now;
          lastRecord = now;
        }
        task.startNumber = ++started;
        task.startedAt = clock.instant();
      }
      if (task.attempts > task.message().attempts() + 1) {
        retried++;
      }
    }

    void recorded(@Nullable Settlement settlement, long now) {
      if (settlement != null) {
        lastRecord = now;
        switch (settlement.status()) {
          case DELIVERED -> delivered++;
          case PARKED -> parked++;
          case PENDING, IN_FLIGHT, DISCARDED -> {}
        }
      }
    }

    Counts counts(int inFlight, boolean closed) {
      return new Counts(
          started,
          inFlight,
          delivered,
          parked,
          retried,
          closed,
          Duration.ofNanos(lastRecord - firstStart));
    }
  }
}
