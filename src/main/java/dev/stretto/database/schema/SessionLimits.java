package dev.stretto.database.schema;

import dev.stretto.database.UnusableDatabaseException;
import java.time.Duration;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

/**
 * What the server does to a session that would keep others waiting: one whose process is frozen in
 * the middle of a transaction, or whose machine is gone, and one that waits for another's lock. The
 * server has to, since that process can't.
 *
 * @param idleInTransaction how long a session may have a transaction open and say nothing before
 *     the server ends it, from 1 second to 24 days
 * @param lock how long a statement waits for a lock, from 1 second to 24 days
 */
record SessionLimits(Duration idleInTransaction, Duration lock) {

  private static final String LEASE = "stretto.lease";
  private static final String IDLE = "stretto.limits.idle-in-transaction";
  private static final String LOCK = "stretto.limits.lock";
  private static final Duration USUAL_LEASE = Duration.ofSeconds(15);
  private static final Duration SHORTEST = Duration.ofSeconds(1);

  /** PostgreSQL counts milliseconds in 31 bits, which is a little more. */
  private static final Duration LONGEST = Duration.ofDays(24);

  /**
   * As the configuration has them. Without its word each is a lease's time: a holder that says
   * nothing for so long has lost the channel anyway, so that whoever follows neither waits longer
   * for the rows than for the lease, nor cuts off one that lives.
   */
  static SessionLimits of(Environment environment) {
    Duration lease = duration(environment, LEASE, USUAL_LEASE);
    return new SessionLimits(
        duration(environment, IDLE, lease), duration(environment, LOCK, lease));
  }

  private static Duration duration(Environment environment, String property, Duration usual) {
    Duration written =
        Binder.get(environment).bind(property, Bindable.of(Duration.class)).orElse(usual);
    if (written.compareTo(SHORTEST) < 0 || written.compareTo(LONGEST) > 0) {
      throw UnusableDatabaseException.setting(property, "must be between 1s and 24d");
    }
    return written;
  }

  /** For PostgreSQL's start-up packet. */
  String options() {
    long seconds = seconds(idleInTransaction);
    return ("-c idle_in_transaction_session_timeout=%d -c lock_timeout=%d -c tcp_user_timeout=%d"
            + " -c tcp_keepalives_idle=%d -c tcp_keepalives_interval=%d -c tcp_keepalives_count=3")
        .formatted(
            idleInTransaction.toMillis(),
            lock.toMillis(),
            idleInTransaction.toMillis(),
            seconds,
            Math.max(1, seconds / 3));
  }

  /** For one transaction on PostgreSQL. */
  String prelude() {
    return "set local idle_in_transaction_session_timeout = %d; set local lock_timeout = %d"
        .formatted(idleInTransaction.toMillis(), lock.toMillis());
  }

  /** For MariaDB, which knows whole seconds only. */
  String sessionVariables() {
    return "idle_transaction_timeout=%d,innodb_lock_wait_timeout=%d,lock_wait_timeout=%d"
        .formatted(seconds(idleInTransaction), seconds(lock), seconds(lock));
  }

  private static long seconds(Duration duration) {
    return duration.plusMillis(999).toSeconds();
  }
}
