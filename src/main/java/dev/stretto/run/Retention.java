package dev.stretto.run;

import dev.stretto.dispatch.Stop;
import dev.stretto.ledger.Ledgers;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Removes old messages at a run's end, while the lease keeps other runs from doing the same. */
public final class Retention {

  private static final Logger LOG = LoggerFactory.getLogger(Retention.class);

  /** Some seconds' work, so that a first purge of very many does not keep the next run waiting. */
  private static final long MOST_PURGED = 100_000;

  private final Ledgers ledgers;
  private final @Nullable Duration retention;

  /**
   * @param retention how long delivered and discarded messages are kept; null for ever
   */
  public Retention(Ledgers ledgers, @Nullable Duration retention) {
    this.ledgers = ledgers;
    this.retention = retention;
  }

  /**
   * Removes what may go by now, unless somebody waits for the run to end, or the channel is no
   * longer its own. A failure is not the run's: the next one tries again.
   *
   * @param stop why the run ended before everything was done, or null
   */
  public void purge(String channel, @Nullable Stop stop) {
    if (retention == null || (stop != null && !stop.reason().unhurried())) {
      return;
    }
    try {
      long purged = ledgers.purge(channel, retention, MOST_PURGED);
      if (purged > 0) {
        LOG.info("channel {}: purged {} messages", channel, purged);
      }
    } catch (RuntimeException e) {
      LOG.warn("channel {}: old messages could not be purged: {}", channel, DatabaseStop.line(e));
    }
  }
}
