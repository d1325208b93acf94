package dev.stretto.cli.dispatch;

import dev.stretto.cli.output.ExitCode;
import dev.stretto.cli.start.ConnectionLoans;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Ends the process where a step in the database takes longer than it may: a thread that hangs there
 * can't be interrupted safely, and while it hangs nothing can be recorded, and nobody else may
 * send.
 */
final class StuckWatch implements AutoCloseable {

  private static final int LOOKS = 10;
  private static final Duration SHORTEST = Duration.ofSeconds(15);

  /** How long the runs, and then the process, may take to end by themselves. */
  private static final Duration GRACE = Duration.ofSeconds(5);

  private final CountDownLatch over = new CountDownLatch(1);
  private final AtomicReference<@Nullable ChannelRuns> watched = new AtomicReference<>();

  /**
   * Begins to watch, on a thread of its own, or goes on with other runs than before.
   *
   * @param lease how long a lease lasts: a step may take four times as long, or 15 seconds
   */
  void begin(ChannelRuns runs, ConnectionLoans loans, Duration lease) {
    if (watched.getAndSet(runs) != null) {
      return;
    }
    Duration longest = lease.multipliedBy(4);
    Duration bound = longest.compareTo(SHORTEST) < 0 ? SHORTEST : longest;
    Thread.ofPlatform().name("watch").daemon().start(() -> watch(loans, bound));
  }

  private void watch(ConnectionLoans loans, Duration bound) {
    Duration pause = bound.dividedBy(LOOKS);
    while (!isOver(pause)) {
      if (loans.look() > LOOKS) {
        giveUp(Objects.requireNonNull(watched.get()), bound);
        return;
      }
    }
  }

  private void giveUp(ChannelRuns runs, Duration bound) {
    runs.giveUp(
        new SQLTransientConnectionException(
            "the database has not answered for %d s".formatted(bound.toSeconds())));
    if (!isOver(GRACE)) {
      runs.abandon();
      if (!isOver(GRACE)) {
        // Whatever still waits for the database would wait for ever: no hook may run.
        Runtime.getRuntime().halt(ExitCode.TRY_LATER.code());
      }
    }
  }

  private boolean isOver(Duration wait) {
    try {
      return over.await(wait.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  /** The process is about to end by itself. */
  @Override
  public void close() {
    over.countDown();
  }
}
