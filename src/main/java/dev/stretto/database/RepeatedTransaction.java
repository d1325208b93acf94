package dev.stretto.database;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Short transactions that are tried again where they failed for a reason that passes: up to seven
 * times, and not again once 15 seconds are over. Blocks meanwhile.
 */
public final class RepeatedTransaction {

  static final int TRIES = 7;
  private static final Duration PATIENCE = Duration.ofSeconds(15);

  /** Before the second try; doubled before each of the others. */
  private static final Duration FIRST_WAIT = Duration.ofMillis(50);

  private static final Logger LOG = LoggerFactory.getLogger(RepeatedTransaction.class);

  private final TransactionTemplate transaction;
  private final LongSupplier nanos;

  /** Waits for a time; a test's may return at once. */
  private final Wait wait;

  public RepeatedTransaction(TransactionTemplate transaction) {
    this(
        transaction,
        System::nanoTime,
        duration -> {
          long end = System.nanoTime() + duration.toNanos();
          while (System.nanoTime() - end < 0) {
            LockSupport.parkNanos(end - System.nanoTime());
          }
        });
  }

  public RepeatedTransaction(TransactionTemplate transaction, LongSupplier nanos, Wait wait) {
    this.transaction = transaction;
    this.nanos = nanos;
    this.wait = wait;
  }

  interface Wait {
    void of(Duration duration);
  }

  /**
   * Executes work that may be committed twice without harm.
   *
   * @param work is undone before it is tried again, if it was not committed; must keep nothing of a
   *     try that failed
   */
  public <T> T execute(Supplier<T> work) {
    return execute(work, true);
  }

  /**
   * Executes work that must not be committed twice: where the connection is lost during the commit,
   * so that nobody knows, it fails.
   */
  public <T> T executeOnce(Supplier<T> work) {
    return execute(work, false);
  }

  private <T> T execute(Supplier<T> work, boolean mayBeCommittedTwice) {
    long end = nanos.getAsLong() + PATIENCE.toNanos();
    Duration pause = FIRST_WAIT;
    for (int attempt = 1; ; attempt++) {
      Attempt<T> tried = new Attempt<>(work);
      try {
        return tried.commit(transaction);
      } catch (RuntimeException e) {
        RuntimeException failure = tried.failure == null ? e : tried.failure;
        DatabaseFault fault = DatabaseFault.of(failure);
        boolean unknown = tried.worked && fault == DatabaseFault.CONNECTION_LOST;
        if (fault == DatabaseFault.OTHER
            || (unknown && !mayBeCommittedTwice)
            || attempt == TRIES
            || nanos.getAsLong() - end >= 0) {
          throw failure;
        }
        LOG.debug("tried again after {}", fault, failure);
      }
      wait.of(pause);
      pause = pause.multipliedBy(2);
    }
  }

  private static final class Attempt<T> {
    private final Supplier<T> work;

    /** Whether all was done but the commit. */
    private boolean worked;

    /** What went wrong with the work: where the rollback fails as well, Spring tells that alone. */
    private @Nullable RuntimeException failure;

    private @Nullable T result;

    Attempt(Supplier<T> work) {
      this.work = work;
    }

    T commit(TransactionTemplate transaction) {
      transaction.executeWithoutResult(status -> run());
      return Objects.requireNonNull(result);
    }

    private void run() {
      try {
        result = work.get();
        worked = true;
      } catch (RuntimeException e) {
        failure = e;
        throw e;
      }
    }
  }
}
