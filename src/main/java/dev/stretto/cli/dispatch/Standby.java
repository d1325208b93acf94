package dev.stretto.cli.dispatch;

import dev.stretto.batch.IdleUpkeep;
import dev.stretto.batch.RunLauncher;
import dev.stretto.cli.supervise.Readiness.State;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Which channels others hold or a person has paused, asked for at once for all that wait for one.
 * Thread-safe.
 */
final class Standby {

  /** How soon it is seen that a holder is gone, at the latest, and how often all are asked for. */
  static final Duration LOOK = Duration.ofMillis(250);

  private final RunLauncher launcher;
  private final IdleUpkeep idleUpkeep;
  private final LongSupplier nanos;
  private Set<String> held = Set.of();
  private Set<String> paused = Set.of();
  private long lookedAt;

  /**
   * @param nanos a clock that never jumps
   */
  Standby(RunLauncher launcher, IdleUpkeep idleUpkeep, LongSupplier nanos) {
    this.launcher = launcher;
    this.idleUpkeep = idleUpkeep;
    this.nanos = nanos;
    this.lookedAt = nanos.getAsLong() - LOOK.toNanos();
  }

  /**
   * Why nobody can have the channel, as of a moment ago; null where it is free.
   *
   * @throws SQLException where the database fails, as it does for leases
   * @throws org.springframework.dao.DataAccessException the same, as it does for pauses
   */
  synchronized @Nullable State blocked(String channel) throws SQLException {
    if (nanos.getAsLong() - lookedAt >= LOOK.toNanos()) {
      held = launcher.held();
      paused = idleUpkeep.paused();
      lookedAt = nanos.getAsLong();
    }
    if (paused.contains(channel)) {
      return State.PAUSED;
    }
    return held.contains(channel) ? State.STANDING_BY : null;
  }
}
