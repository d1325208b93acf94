package dev.stretto.ledger;

import dev.stretto.dispatch.DispatchSettings.OnUnknown;
import java.util.function.Consumer;

/**
 * Has what was committed reach the disk, so that it survives a power cut and not only a killed JVM.
 *
 * <p>A disk can take tens of milliseconds for it, which every start would feel. Where a message may
 * be sent twice, starts therefore don't wait: the disk follows on a thread of its own, and a power
 * cut can send again, beside the window, what was settled since. Where a message may be sent once
 * at most, its claim is on the disk before it starts.
 */
final class DiskSync {

  /** How long after it reached the disk what was committed since follows. */
  private static final long PAUSE_MILLIS = 5;

  private final Tables tables;
  private final boolean before;
  private final Consumer<RuntimeException> failed;
  private final Object lock = new Object();
  private final Thread thread;
  private boolean unsynced;
  private boolean waiting;
  private boolean closed;

  /**
   * Readies the thread.
   *
   * @param channel names the thread
   * @param failed is told, on that thread, that the disk can't be reached
   */
  DiskSync(Tables tables, OnUnknown onUnknown, String channel, Consumer<RuntimeException> failed) {
    this.tables = tables;
    this.failed = failed;
    this.before = onUnknown == OnUnknown.QUARANTINE;
    this.thread = Thread.ofPlatform().name("sync-" + channel).daemon().unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  /** Something was committed. Blocks for the disk only where a start must not go before it. */
  void committed() {
    if (before) {
      tables.makeDurable();
      return;
    }
    synchronized (lock) {
      unsynced = true;
      if (waiting) {
        lock.notifyAll();
      }
    }
  }

  /** Ends the thread; blocks until everything committed is on the disk. */
  void close() {
    synchronized (lock) {
      closed = true;
      lock.notifyAll();
    }
    Uninterrupted.join(thread);
  }

  private void run() {
    try {
      while (awaitCommit()) {
        tables.makeDurable();
      }
    } catch (RuntimeException e) {
      failed.accept(e);
    }
  }

  /** Lets a moment pass first, for to follow each commit costs as much as the commits. */
  private boolean awaitCommit() {
    synchronized (lock) {
      if (!closed) {
        Uninterrupted.await(lock, PAUSE_MILLIS);
      }
      waiting = true;
      while (!unsynced && !closed) {
        Uninterrupted.await(lock, 0);
      }
      waiting = false;
      boolean commits = unsynced;
      unsynced = false;
      return commits;
    }
  }
}
