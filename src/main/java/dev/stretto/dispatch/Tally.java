package dev.stretto.dispatch;

import dev.stretto.message.Settlement;
import java.time.Duration;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/** Counts what a dispatcher does. Not safe for threads: the dispatcher's lock guards it. */
final class Tally {

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
