package dev.stretto.database;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Commits together what several channels have ready: a commit costs the same for one and for many,
 * and no more connections are taken for a thousand channels than for two. Whoever comes first
 * commits at once; what comes while that goes on is committed next, all of it at a time. Nothing
 * waits for more to come. Thread-safe.
 *
 * <p>The price: where one channel's rows are locked by somebody, those that happen to be committed
 * with it wait as well, once, for as long as the database waits for a lock.
 */
public final class SharedCommits {

  /** Transactions at the same time, so that one that has to wait does not stop all channels. */
  static final int AT_ONCE = 2;

  /** Works of one transaction. */
  private static final int MOST = 64;

  private final TransactionTemplate transaction;
  private final ConcurrentLinkedQueue<Work> waiting = new ConcurrentLinkedQueue<>();
  private final Semaphore leaders = new Semaphore(AT_ONCE);

  public SharedCommits(TransactionTemplate transaction) {
    this.transaction = transaction;
  }

  /** How many wait for their turn. */
  int waiting() {
    return waiting.size();
  }

  /**
   * Has work done and committed. Blocks until that is durable, or undone.
   *
   * @param statements may be done more than once, undone in between, and on any thread; must keep
   *     nothing of a try that failed
   * @return whether the thread was interrupted meanwhile, which ends no wait here; it no longer is
   * @throws RuntimeException as the work or the commit does
   */
  public boolean commit(Runnable statements) {
    return commit(new Work(statements, false));
  }

  /**
   * The same.
   *
   * @param statement one, or what brings a transaction of its own where it is alone
   */
  public boolean commitOne(Runnable statement) {
    return commit(new Work(statement, true));
  }

  private boolean commit(Work work) {
    boolean interrupted = false;
    waiting.add(work);
    // INVARIANT: while something waits, somebody leads or is about to. Whoever comes adds its work
    // before it looks for a place to lead; whoever leads looks for more after it left its place.
    // Whose work another has taken already only waits for the end of that.
    while (!work.over) {
      if (!waiting.isEmpty() && leaders.tryAcquire()) {
        try {
          lead();
        } finally {
          leaders.release();
        }
        Work next = waiting.peek();
        if (next != null) {
          LockSupport.unpark(next.owner);
        }
      } else {
        LockSupport.park(this);
        // A set flag would close an H2 file at the next access.
        interrupted |= Thread.interrupted();
      }
    }
    work.outcome(transaction);
    return interrupted;
  }

  private void lead() {
    List<Work> group = new ArrayList<>();
    for (Work next = waiting.poll(); next != null; next = waiting.poll()) {
      group.add(next);
      if (group.size() == MOST) {
        break;
      }
    }
    if (group.size() == 1) {
      group.getFirst().lead(transaction);
    } else if (!group.isEmpty()) {
      commit(group);
    }
  }

  private void commit(List<Work> group) {
    Throwable failure = null;
    try {
      transaction.executeWithoutResult(status -> group.forEach(work -> work.statements.run()));
    } catch (RuntimeException | Error e) {
      failure = e;
    }
    boolean undone =
        failure instanceof RuntimeException
            && DatabaseFault.of(failure) != DatabaseFault.CONNECTION_LOST;
    for (Work work : group) {
      work.over(undone ? null : failure, undone);
    }
  }

  /** What one channel has ready. */
  private static final class Work {
    private final Runnable statements;
    private final boolean one;
    private final Thread owner = Thread.currentThread();
    private @Nullable Throwable failure;
    private boolean undone;
    private volatile boolean over;

    Work(Runnable statements, boolean one) {
      this.statements = statements;
      this.one = one;
    }

    /** Does it alone, whoever's thread it is. */
    void lead(TransactionTemplate transaction) {
      Throwable failed = null;
      try {
        alone(transaction);
      } catch (RuntimeException | Error e) {
        failed = e;
      }
      over(failed, false);
    }

    private void alone(TransactionTemplate transaction) {
      if (one) {
        statements.run();
      } else {
        transaction.executeWithoutResult(status -> statements.run());
      }
    }

    /**
     * Tells the owner.
     *
     * @param how null where it was committed, or undone
     * @param again whether it was undone because of any of those it was to be committed with
     */
    void over(@Nullable Throwable how, boolean again) {
      failure = how;
      undone = again;
      over = true;
      LockSupport.unpark(owner);
    }

    /** On the owner's thread, once it is over: whose fault it was shows when each does its own. */
    void outcome(TransactionTemplate transaction) {
      switch (failure) {
        case null -> {
          if (undone) {
            alone(transaction);
          }
        }
        case Error error -> throw error;
        case RuntimeException exception -> throw exception;
        case Throwable other -> throw new IllegalStateException(other);
      }
    }
  }
}
