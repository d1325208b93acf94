package dev.stretto.batch;

import dev.stretto.dispatch.Stop;
import dev.stretto.outbox.Counting;
import dev.stretto.run.DatabaseStop;
import dev.stretto.run.Retention;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is done at a run's end for the next ones, with little work each time. Thread-safe. */
final class Upkeep {

  private static final Logger LOG = LoggerFactory.getLogger(Upkeep.class);

  /** Less than a second's work. */
  private static final long MOST_RUNS = 100;

  /** What is not counted by then, {@code status} counts. */
  private static final Duration COUNTING = Duration.ofSeconds(1);

  private final Retention messages;
  private final Counting counting;
  private final OldRuns runs;
  private final @Nullable Duration retention;
  private final ReentrantLock removing = new ReentrantLock();

  /**
   * @param retention how long runs are kept; null for ever
   */
  Upkeep(Retention messages, Counting counting, OldRuns runs, @Nullable Duration retention) {
    this.messages = messages;
    this.counting = counting;
    this.runs = runs;
    this.retention = retention;
  }

  /**
   * Removes messages and runs that are old by now, and counts the others, unless somebody waits for
   * this run to end. A failure is not the run's: the next one tries again.
   *
   * @param stop why the run ended before everything was done, or null
   */
  void after(String channel, @Nullable Stop stop) {
    done(channel, stop, () -> counting.catchUp(channel, COUNTING));
  }

  /** The same of a channel on which there was no run, so that there is nothing new to count. */
  void ofIdle(String channel, @Nullable Stop stop) {
    done(channel, stop, () -> {});
  }

  private void done(String channel, @Nullable Stop stop, Runnable count) {
    messages.purge(channel, stop);
    if (stop != null && !stop.reason().unhurried()) {
      return;
    }
    try {
      count.run();
      removeRuns();
    } catch (RuntimeException e) {
      LOG.warn("channel {}: no upkeep: {}", channel, DatabaseStop.line(e));
    }
  }

  /** Of all channels: whoever comes meanwhile need not look as well. */
  private void removeRuns() {
    if (retention == null || !removing.tryLock()) {
      return;
    }
    try {
      long removed = runs.remove(null, retention, MOST_RUNS);
      if (removed > 0) {
        LOG.info("removed {} runs that ended long ago", removed);
      }
    } finally {
      removing.unlock();
    }
  }
}
