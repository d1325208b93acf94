package dev.stretto.database;

import java.time.Duration;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.core.retry.RetryException;
import org.springframework.core.retry.RetryPolicy;
import org.springframework.core.retry.RetryTemplate;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Short transactions that are tried again where they failed for a reason that passes: seven times
 * in all at the most, and not again once 15 seconds are over. Blocks meanwhile.
 */
public final class RepeatedTransaction {

  /** Waits of 50 ms, 100 ms and so on, up to 1.6 s. */
  static final RetryPolicy POLICY =
      policy()
          .maxRetries(6)
          .delay(Duration.ofMillis(50))
          .multiplier(2)
          .timeout(Duration.ofSeconds(15))
          .build();

  private final TransactionTemplate transaction;
  private final RetryTemplate template;

  public RepeatedTransaction(TransactionTemplate transaction) {
    this(transaction, POLICY);
  }

  RepeatedTransaction(TransactionTemplate transaction, RetryPolicy policy) {
    this.transaction = transaction;
    this.template = new RetryTemplate(policy);
  }

  /** A policy that tries again only what may succeed then. */
  static RetryPolicy.Builder policy() {
    return RetryPolicy.builder()
        .predicate(failure ->
            !(failure instanceof UnknownCommitException)
                && DatabaseFault.of(failure) != DatabaseFault.OTHER);
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
    try {
      return Objects.requireNonNull(
          template.execute(() -> new Attempt<>(work).commit(transaction, mayBeCommittedTwice)));
    } catch (RetryException e) {
      throw switch (e.getLastException()) {
        case UnknownCommitException unknown -> unknown.failure;
        case RuntimeException failure -> failure;
        case Throwable interrupted -> new IllegalStateException(interrupted);
      };
    }
  }

  /** Whether the work is committed is not known. */
  private static final class UnknownCommitException extends RuntimeException {
    private final transient RuntimeException failure;

    UnknownCommitException(RuntimeException failure) {
      super(failure);
      this.failure = failure;
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

    T commit(TransactionTemplate transaction, boolean mayBeCommittedTwice) {
      try {
        transaction.executeWithoutResult(status -> run());
        return Objects.requireNonNull(result);
      } catch (RuntimeException e) {
        RuntimeException why = failure == null ? e : failure;
        boolean unknown = worked && DatabaseFault.of(why) == DatabaseFault.CONNECTION_LOST;
        throw unknown && !mayBeCommittedTwice ? new UnknownCommitException(why) : why;
      }
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
