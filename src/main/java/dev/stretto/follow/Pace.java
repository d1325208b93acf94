package dev.stretto.follow;

import java.time.Duration;

/**
 * How long from one look for new rows to the next: the longer nothing came, the longer, and never
 * so often that looking takes more than a small part of the time. Not thread-safe. Times are
 * nanoseconds on a monotonic clock.
 */
final class Pace {

  static final Duration SHORTEST = Duration.ofMillis(2);

  static final Duration LONGEST = Duration.ofMillis(250);

  /** Looks are apart by one part of so many of the time for which nothing came. */
  private static final int QUIET = 1000;

  /** Of the time, at most one part of so many is spent looking. */
  private static final int SHARE = 25;

  /** What a look may seem to cost more than the one before, beside a quarter. */
  private static final long MORE = 50_000;

  private long cameAt;
  private long ended;

  /** What a look costs, rising slowly: one that had to wait for a core says nothing of that. */
  private long cost;

  /**
   * @param now when something came last, as far as it is known
   */
  Pace(long now) {
    this.cameAt = now;
    this.ended = now;
  }

  /** Something came, or was worked on until now. */
  void came(long now) {
    cameAt = now;
  }

  /** A look has taken that time. */
  void looked(long begin, long end) {
    cost = Math.min(end - begin, cost + cost / 4 + MORE);
    ended = end;
  }

  /** Another kind of look has ended, whose cost is somebody else's to bound. */
  void lookedBack(long end) {
    ended = end;
  }

  /** When to look next. */
  long dueAt() {
    long quiet = Math.max(0, ended - cameAt) / QUIET;
    long wait = Math.clamp(quiet, SHORTEST.toNanos(), LONGEST.toNanos());
    return ended + Math.max(wait, share(cost));
  }

  /** How long to leave alone what took so long. */
  static long share(long spent) {
    return spent * (SHARE - 1);
  }
}
