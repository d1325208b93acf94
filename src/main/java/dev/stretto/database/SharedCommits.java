package dev.stretto.database;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Commits together what several channels have ready: a commit costs the same for one and for many,
 * and no more connections are taken for a thousand channels than for two. One transaction goes on
 * at a time; what comes meanwhile is committed next, all of it at a time, and in one statement
 * where it can be. Where several channels commit, the next transaction waits for more to come for
 * as long as the last one took, at most 2 ms; what one channel alone has ready is committed at
 * once. Thread-safe.
 *
 * <p>The price: where one channel's rows are locked by somebody, those that happen to be committed
 * with it wait as well, once, for as long as the database waits for a lock, and all others for 20
 * ms; in an H2 file for 100 ms, see {@link H2Turns}.
 */
public final class SharedCommits {

  /** Transactions at the same time, so that one that has to wait does not stop all channels. */
  static final int AT_ONCE = 2;

  /** How long one goes on before the next begins beside it. */
  private static final Duration PATIENCE = Duration.ofMillis(20);

  /** How long one is held back at most. */
  private static final Duration LONGEST_PAUSE = Duration.ofMillis(2);

  /** Works for which one is held back no longer. */
  private static final int ENOUGH = 8;

  /** Works of one transaction. */
  private static final int MOST = 64;

  private static final long UNTIL_WOKEN = Long.MAX_VALUE;

  private final TransactionTemplate transaction;
  private final long patience;
  private final long longestPause;
  private final Object lock = new Object();
  private final ArrayDeque<Work> waiting = new ArrayDeque<>();

  /** Those under way, the oldest first. */
  private final ArrayDeque<Group> groups = new ArrayDeque<>();

  /** Waits for more to come. */
  private @Nullable Thread gathering;

  /** Whose work the last group was, where it was one thread's; null where it was several's. */
  private @Nullable Thread alone;

  /** How long the last group took. */
  private long took;

  public SharedCommits(TransactionTemplate transaction) {
    this(transaction, PATIENCE, LONGEST_PAUSE);
  }

  /** The same, with other {@link #PATIENCE} and {@link #LONGEST_PAUSE}. */
  SharedCommits(TransactionTemplate transaction, Duration patience, Duration longestPause) {
    this.transaction = transaction;
    this.patience = patience.toNanos();
    this.longestPause = longestPause.toNanos();
  }

  /** How many wait for their turn. */
  int waiting() {
    synchronized (lock) {
      return waiting.size();
    }
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

  /**
   * The same, where one statement can do what several channels have ready.
   *
   * @param together does it, in a transaction unless this is alone or all is one statement; one
   *     object for all channels
   * @param part what this one has ready
   */
  public <T> boolean commitOne(Together<T> together, T part) {
    return commit(new Work(new Part<>(together, part), true));
  }

  private boolean commit(Work work) {
    boolean interrupted = false;
    enqueue(work);
    while (!work.over) {
      Group group = new Group();
      long wait = begin(group, work);
      if (wait == 0) {
        interrupted |= lead(group);
      } else {
        if (wait == UNTIL_WOKEN) {
          LockSupport.park(this);
        } else {
          LockSupport.parkNanos(this, wait);
        }
        // A set flag would close an H2 file at the next access.
        interrupted |= Thread.interrupted();
      }
    }
    work.outcome(transaction);
    return interrupted;
  }

  private void enqueue(Work work) {
    synchronized (lock) {
      waiting.add(work);
      if (waiting.size() >= ENOUGH && gathering != null) {
        LockSupport.unpark(gathering);
      }
    }
  }

  /**
   * INVARIANT: while something waits, a group is under way, or whose work is first was woken to
   * begin one. Whoever comes adds its work before it looks for a place; whose group is over wakes
   * the first; and the first itself looks again once the group under way takes too long. Whose work
   * is in another's group waits for the end of that, and for nothing else.
   *
   * @return 0 where the group is under way now; otherwise for how long to wait
   */
  private long begin(Group group, Work work) {
    synchronized (lock) {
      Group oldest = groups.peek();
      if (work.taken) {
        return UNTIL_WOKEN;
      }
      long left = oldest == null ? 0 : patience - (group.began - oldest.began);
      if (left <= 0 && groups.size() < AT_ONCE) {
        groups.add(group);
        return 0;
      }
      return left > 0 && work == waiting.peek() ? left : UNTIL_WOKEN;
    }
  }

  /** Commits what waits; returns whether the thread was interrupted meanwhile. */
  private boolean lead(Group group) {
    boolean interrupted = gather();
    try {
      take(group);
      if (group.works.size() == 1) {
        group.works.getFirst().lead(transaction);
      } else if (!group.works.isEmpty()) {
        commit(group.works);
      }
    } finally {
      synchronized (lock) {
        groups.remove(group);
        took = System.nanoTime() - group.taken;
        wakeFirst();
      }
    }
    return interrupted;
  }

  /** Lets others come, where some did; returns whether the thread was interrupted meanwhile. */
  private boolean gather() {
    boolean interrupted = false;
    long begin = System.nanoTime();
    for (long left = pause(); left > 0; left = pause() - (System.nanoTime() - begin)) {
      LockSupport.parkNanos(this, left);
      interrupted |= Thread.interrupted();
    }
    return interrupted;
  }

  /** For how long to wait for more, from the begin of that; 0 for not at all. */
  private long pause() {
    synchronized (lock) {
      Work first = waiting.peek();
      boolean now =
          groups.size() > 1
              || waiting.size() >= ENOUGH
              || (waiting.size() == 1 && first != null && first.owner == alone);
      gathering = now ? null : Thread.currentThread();
      return now ? 0 : Math.min(took, longestPause);
    }
  }

  private void take(Group group) {
    synchronized (lock) {
      gathering = null;
      while (!waiting.isEmpty() && group.works.size() < MOST) {
        Work next = waiting.remove();
        next.taken = true;
        group.works.add(next);
      }
      alone = group.works.size() == 1 ? group.works.getFirst().owner : null;
      group.taken = System.nanoTime();
      wakeFirst();
    }
  }

  private void wakeFirst() {
    Work first = waiting.peek();
    if (first != null) {
      LockSupport.unpark(first.owner);
    }
  }

  private void commit(List<Work> group) {
    List<Runnable> all = group.stream().map(work -> work.statements).toList();
    Throwable failure = null;
    try {
      if (Part.areOneStatement(all)) {
        run(all);
      } else {
        transaction.executeWithoutResult(status -> run(all));
      }
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

  private static void run(List<Runnable> all) {
    List<Part<?>> parts = new ArrayList<>();
    List<Runnable> others = new ArrayList<>();
    for (Runnable statements : all) {
      if (statements instanceof Part<?> part) {
        parts.add(part);
      } else {
        others.add(statements);
      }
    }
    Part.runAll(parts);
    others.forEach(Runnable::run);
  }

  /** What is committed together. */
  private static final class Group {
    private final long began = System.nanoTime();
    private final List<Work> works = new ArrayList<>();

    /** When these were all. */
    private long taken = began;
  }

  /** What one channel has ready. */
  private static final class Work {
    private final Runnable statements;
    private final boolean one;
    private final Thread owner = Thread.currentThread();
    private @Nullable Throwable failure;
    private boolean undone;

    /** Whether it is in a group. */
    private boolean taken;

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
