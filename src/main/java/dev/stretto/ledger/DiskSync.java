package dev.stretto.ledger;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Has what was committed reach the disk, for all channels of an H2 file, so that it survives a
 * power cut and not only a killed JVM. Thread-safe.
 *
 * <p>A disk can take tens of milliseconds for it, which every start would feel. Where a message may
 * be sent twice, starts therefore don't wait: the disk follows on a thread of its own, and a power
 * cut can send again, beside the window, what was settled since. Where a message may be sent once
 * at most, its claim is on the disk before it starts.
 */
final class DiskSync {

  /** How long after it reached the disk what was committed since follows, unless it is awaited. */
  private static final long PAUSE_MILLIS = 5;

  private final Tables tables;
  private final Object lock = new Object();
  private final List<Follower> followers = new ArrayList<>();

  /** Commits so far, and how many of them are on the disk. */
  private long commits;

  private long synced;
  private int awaiting;

  /** Whether all commits are on the disk, and the next is waited for. */
  private boolean idle;

  private @Nullable Thread thread;

  DiskSync(Tables tables) {
    this.tables = tables;
  }

  /** One channel's. */
  final class Follower {

    private final Consumer<RuntimeException> failed;
    private @Nullable RuntimeException failure;

    private Follower(Consumer<RuntimeException> failed) {
      this.failed = failed;
    }

    /** Something was committed; returns at once. */
    void committed() {
      synchronized (lock) {
        commits++;
        if (idle) {
          lock.notifyAll();
        }
      }
    }

    /**
     * Something was committed; blocks until it is on the disk.
     *
     * @throws RuntimeException where it can't be reached
     */
    void committedAndSynced() {
      synchronized (lock) {
        long own = ++commits;
        awaiting++;
        lock.notifyAll();
        while (failure == null && synced < own) {
          Uninterrupted.await(lock, 0);
        }
        awaiting--;
        if (failure != null) {
          throw failure;
        }
      }
    }

    /** Follows no more; blocks until everything committed so far is on the disk, or it failed. */
    void close() {
      synchronized (lock) {
        long last = commits;
        while (failure == null && synced < last) {
          Uninterrupted.await(lock, 0);
        }
        followers.remove(this);
        lock.notifyAll();
      }
    }
  }

  /**
   * Follows a channel's commits from now on.
   *
   * @param failed is told, on the thread that syncs, that the disk can't be reached
   */
  Follower follow(Consumer<RuntimeException> failed) {
    synchronized (lock) {
      Follower follower = new Follower(failed);
      followers.add(follower);
      if (thread == null) {
        thread = Thread.ofVirtual().name("sync").start(this::run);
      }
      return follower;
    }
  }

  private void run() {
    for (long next = awaitCommit(); next > 0; next = awaitCommit()) {
      RuntimeException failure = null;
      try {
        tables.makeDurable();
      } catch (RuntimeException e) {
        failure = e;
      }
      done(next, failure);
    }
  }

  private void done(long upTo, @Nullable RuntimeException failure) {
    List<Follower> told = List.of();
    synchronized (lock) {
      synced = upTo;
      if (failure != null) {
        told = List.copyOf(followers);
        told.forEach(follower -> follower.failure = failure);
      }
      lock.notifyAll();
    }
    if (failure != null) {
      told.forEach(follower -> follower.failed.accept(failure));
    }
  }

  /**
   * Lets a moment pass first, for to follow each commit costs as much as the commits.
   *
   * @return how many commits are to be synced, 0 once nobody follows any more
   */
  private long awaitCommit() {
    synchronized (lock) {
      if (awaiting == 0 && !followers.isEmpty()) {
        Uninterrupted.await(lock, PAUSE_MILLIS);
      }
      idle = true;
      while (commits == synced && !followers.isEmpty()) {
        Uninterrupted.await(lock, 0);
      }
      idle = false;
      if (commits == synced) {
        thread = null;
        return 0;
      }
      return commits;
    }
  }
}
