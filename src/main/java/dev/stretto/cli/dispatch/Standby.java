package dev.stretto.cli.dispatch;

import dev.stretto.batch.RunLauncher;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Set;
import java.util.function.LongSupplier;

/** Which channels others hold, asked for at once for all that stand by. Thread-safe. */
final class Standby {

  /** How soon it is seen that a holder is gone, at the latest, and how often all are asked for. */
  static final Duration LOOK = Duration.ofMillis(250);

  private final RunLauncher launcher;
  private final LongSupplier nanos;
  private Set<String> held = Set.of();
  private long lookedAt;

  /**
   * @param nanos a clock that never jumps
   */
  Standby(RunLauncher launcher, LongSupplier nanos) {
    this.launcher = launcher;
    this.nanos = nanos;
    this.lookedAt = nanos.getAsLong() - LOOK.toNanos();
  }

  /**
   * Whether somebody holds the channel, as of a moment ago.
   *
   * @throws SQLException where the database fails
   */
  synchronized boolean held(String channel) throws SQLException {
    if (nanos.getAsLong() - lookedAt >= LOOK.toNanos()) {
      held = launcher.held();
      lookedAt = nanos.getAsLong();
    }
    return held.contains(channel);
  }
}
