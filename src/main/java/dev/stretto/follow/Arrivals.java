package dev.stretto.follow;

import dev.stretto.dispatch.DispatchSettings.Ordering;
import dev.stretto.ledger.Ledgers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out, for all channels of a process that are followed, where something has arrived, and
 * rings their bells. One thread looks, in one query for all that wait: often, unless somebody tells
 * when there is something to look for, and once a second at everything that could have been missed.
 * Thread-safe.
 */
public final class Arrivals implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Arrivals.class);

  /** How often channels on which nothing is left are asked for anything that a run could send. */
  private static final Duration NET = Duration.ofSeconds(1);

  /** A look takes less, even where a connection is waited for. */
  private static final Duration ALIVE = Duration.ofSeconds(30);

  private final Ledgers ledgers;
  private final LongSupplier nanos;
  private final Pace pace;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Set<Bell> bells = new HashSet<>();
  private @Nullable Thread thread;
  private boolean told;
  private boolean listening;
  private boolean closed;

  /** Whether something may have come behind which nobody has looked, as it was committed late. */
  private boolean owesLookBack;

  private long backDueAt;
  private long netDueAt;
  private volatile long passedAt;

  /**
   * @param nanos a clock that never jumps
   */
  public Arrivals(Ledgers ledgers, LongSupplier nanos) {
    long now = nanos.getAsLong();
    this.ledgers = ledgers;
    this.nanos = nanos;
    this.pace = new Pace(now);
    this.backDueAt = now;
    this.netDueAt = now;
    this.passedAt = now;
  }

  /**
   * The bell of a channel, until it is closed.
   *
   * @param heard is told of each ring, on the looking thread; must be cheap
   */
  public Bell bell(String channel, Ordering ordering, Runnable heard) {
    Bell bell = new Bell(channel, ordering, heard, this);
    lock.lock();
    try {
      bells.add(bell);
      if (thread == null) {
        thread = Thread.ofVirtual().name("arrivals").start(this::look);
      }
    } finally {
      lock.unlock();
    }
    return bell;
  }

  void forget(Bell bell) {
    lock.lock();
    try {
      bells.remove(bell);
    } finally {
      lock.unlock();
    }
  }

  /** A bell is awaited: its channel was worked on until now. */
  void awaited(Bell bell) {
    lock.lock();
    try {
      told |= bell.missed();
      pace.came(nanos.getAsLong());
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Something was committed, in whatever channel. */
  void tell() {
    lock.lock();
    try {
      told = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Whether {@link #tell} is called from now on for whatever is committed, so that there is no need
   * to look often. Looks once in any case, for what came before.
   */
  void listening(boolean now) {
    lock.lock();
    try {
      listening = now;
      told = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Whether the looking thread was at work within the last half minute. */
  public boolean alive() {
    return nanos.getAsLong() - passedAt < ALIVE.toNanos();
  }

  private void look() {
    Look look = next();
    while (look != null) {
      long begin = nanos.getAsLong();
      boolean found = false;
      try {
        found = ring(look);
      } catch (RuntimeException e) {
        // The runs fare the same with the database, and say so.
        LOG.debug("The look for new messages failed", e);
      }
      looked(look, begin, found);
      look = next();
    }
  }

  /**
   * What to ask for.
   *
   * @param fresh bells of which to ask for new rows
   * @param back whether to ask for those that were committed late too, which may be dear: see
   *     {@code LookBacks}
   * @param idle bells of which to ask for anything
   */
  private record Look(List<Bell> fresh, boolean back, List<Bell> idle) {}

  /** Blocks until there is something to ask for; null once this is closed. */
  private @Nullable Look next() {
    lock.lock();
    try {
      while (!closed) {
        long now = nanos.getAsLong();
        passedAt = now;
        List<Bell> awaited = bells.stream().filter(Bell::isAwaited).toList();
        if (told) {
          // Those that look just now may have looked before it was committed.
          bells.stream().filter(bell -> !bell.isAwaited()).forEach(Bell::miss);
        }
        if (told && awaited.size() == 1) {
          // Its own look is as good as a question.
          told = false;
          awaited.getFirst().ring();
          continue;
        }
        boolean often = !listening && now - pace.dueAt() >= 0;
        owesLookBack |= told;
        boolean back = (owesLookBack || often) && now - backDueAt >= 0;
        boolean net = now - netDueAt >= 0;
        if (!awaited.isEmpty() && (told || often || back || net)) {
          return take(awaited, told || often || back, back, net, now);
        }
        waitFor(awaited.isEmpty() ? NET.toNanos() : untilDue(now));
      }
      return null;
    } finally {
      lock.unlock();
    }
  }

  private long untilDue(long now) {
    long due = listening ? netDueAt : Math.min(netDueAt, pace.dueAt());
    return (owesLookBack ? Math.min(due, backDueAt) : due) - now;
  }

  private Look take(List<Bell> awaited, boolean fresh, boolean back, boolean net, long now) {
    told = false;
    if (back) {
      owesLookBack = false;
    }
    if (net) {
      netDueAt = now + NET.toNanos();
    }
    return new Look(
        fresh ? awaited : List.of(),
        back,
        net ? awaited.stream().filter(Bell::isAwaitedIdle).toList() : List.of());
  }

  private boolean ring(Look look) {
    Map<String, Long> readUpTo = new HashMap<>();
    look.fresh().forEach(bell -> readUpTo.put(bell.channel(), bell.readUpTo(look.back())));
    Set<String> found = new HashSet<>(ledgers.messages().fresh(readUpTo));
    Map<Ordering, List<String>> orders = new EnumMap<>(Ordering.class);
    for (Bell bell : look.idle()) {
      orders.computeIfAbsent(bell.ordering(), order -> new ArrayList<>()).add(bell.channel());
    }
    orders.forEach((ordering, names) -> found.addAll(ledgers.waiting(names, ordering)));
    Set<Bell> asked = new HashSet<>(look.fresh());
    asked.addAll(look.idle());
    asked.stream().filter(bell -> found.contains(bell.channel())).forEach(Bell::ring);
    return !found.isEmpty();
  }

  private void looked(Look look, long begin, boolean found) {
    lock.lock();
    try {
      long end = nanos.getAsLong();
      if (look.back()) {
        backDueAt = end + Pace.share(end - begin);
        pace.lookedBack(end);
      } else {
        pace.looked(begin, end);
      }
      if (found) {
        pace.came(end);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Waits once; the caller looks again, whatever ended the wait. */
  @SuppressWarnings("WaitNotInLoop")
  private void waitFor(long nanoseconds) {
    try {
      changed.awaitNanos(nanoseconds);
    } catch (InterruptedException e) {
      // With the flag set, the next access to an H2 file would close it.
    }
  }

  /** Ends the thread; bells ring no more. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
