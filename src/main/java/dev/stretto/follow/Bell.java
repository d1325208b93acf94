package dev.stretto.follow;

import dev.stretto.dispatch.DispatchSettings.Ordering;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Rings where something may have arrived in a channel. Rings are counted, so that none is lost that
 * comes between a look and the wait that follows it. Thread-safe; looks and waits are one thread's.
 */
public final class Bell implements AutoCloseable {

  private final String channel;
  private final Ordering ordering;
  private final Runnable heard;
  private final Arrivals arrivals;
  private final AtomicLong rings = new AtomicLong();
  private long looked;
  private volatile long readUpTo;
  private volatile boolean awaited;
  private volatile boolean idle;

  /** Whether something was told of while it was not awaited; guarded by the arrivals' lock. */
  private boolean missed;

  Bell(String channel, Ordering ordering, Runnable heard, Arrivals arrivals) {
    this.channel = channel;
    this.ordering = ordering;
    this.heard = heard;
    this.arrivals = arrivals;
  }

  /** A look at the table begins: what rings from now on ends the wait that follows. */
  public void look() {
    looked = rings.get();
  }

  /** Whether it rang since the last look began. */
  public boolean rang() {
    return rings.get() != looked;
  }

  /**
   * From now on it rings where there is anything new.
   *
   * @param lastId the highest id that was read
   * @param nothingLeft whether everything that was read is settled, so that whatever waits is news
   */
  public void await(long lastId, boolean nothingLeft) {
    readUpTo = lastId;
    idle = nothingLeft;
    awaited = true;
    arrivals.awaited(this);
  }

  /** It need not ring until it is awaited again. */
  public void awaitNoMore() {
    awaited = false;
  }

  String channel() {
    return channel;
  }

  Ordering ordering() {
    return ordering;
  }

  boolean isAwaited() {
    return awaited;
  }

  boolean isAwaitedIdle() {
    return awaited && idle;
  }

  /**
   * Behind which id whatever waits is news.
   *
   * @param back whether to look for what was committed late too, where that can be told
   */
  long readUpTo(boolean back) {
    return back && idle ? 0 : readUpTo;
  }

  void miss() {
    missed = true;
  }

  /** Whether {@link #miss} was called since the last question. */
  boolean missed() {
    boolean before = missed;
    missed = false;
    return before;
  }

  void ring() {
    rings.incrementAndGet();
    heard.run();
  }

  @Override
  public void close() {
    arrivals.forget(this);
  }
}
