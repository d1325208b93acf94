package dev.stretto.append;

import java.time.InstantSource;
import java.util.UUID;

/**
 * Makes message ids: UUIDs of version 7, which begin with the time and end in 62 random bits. Ids
 * of one input come in rising order, so that the unique index grows at one end; with ids of version
 * 4 a long append rewrites all of that index over and over, and takes ten times as long.
 * Thread-safe.
 */
final class MessageIds {

  private static final long COUNTS = 1 << 12;

  private final InstantSource clock;

  /**
   * Milliseconds and a count of 4,096 within each; runs ahead of the clock where ids are made
   * faster than that.
   */
  private long last;

  MessageIds(InstantSource clock) {
    this.clock = clock;
  }

  synchronized String next() {
    last = Math.max(clock.millis() * COUNTS, last + 1);
    long time = last / COUNTS;
    long count = last % COUNTS;
    return new UUID(time << 16 | 0x7000 | count, UUID.randomUUID().getLeastSignificantBits())
        .toString();
  }
}
