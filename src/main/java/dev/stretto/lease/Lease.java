package dev.stretto.lease;

import java.sql.SQLException;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** One run's right to send on a channel. Renewed by {@link Leases} until it is released or lost. */
public final class Lease {

  private static final Duration KEPT = Duration.ofMinutes(1);

  private final String channel;
  private final long fence;
  private final @Nullable Long interruptedRun;
  private final LongSupplier nanos;
  private volatile long liveUntil;
  private volatile boolean lost;
  private volatile Runnable onLost = () -> {};
  private volatile boolean stopAsked;
  private volatile Runnable onStopAsked = () -> {};
  private volatile @Nullable Pause pause;
  private volatile Consumer<Pause> onPaused = why -> {};
  private volatile @Nullable Long run;
  private volatile @Nullable Failure failure;

  Lease(
      String channel,
      long fence,
      @Nullable Long interruptedRun,
      LongSupplier nanos,
      long liveUntil) {
    this.channel = channel;
    this.fence = fence;
    this.interruptedRun = interruptedRun;
    this.nanos = nanos;
    this.liveUntil = liveUntil;
  }

  /** The channel's name. */
  public String channel() {
    return channel;
  }

  /** The fencing token: higher than that of every earlier run on the channel. */
  public long fence() {
    return fence;
  }

  /** The job execution noted last on the channel, or null if there was none. */
  public @Nullable Long lastRun() {
    return interruptedRun;
  }

  /**
   * Whether calls may still be started. Measured on this machine's monotonic clock from before the
   * last renewal was sent, so that it turns false before the database lets another run in. Cheap:
   * reads two fields.
   */
  public boolean live() {
    return !lost && nanos.getAsLong() - liveUntil < 0;
  }

  /**
   * Sets what to do once another run has the lease or it could not be renewed in time: on the
   * renewing thread, or here and now where that was so before. May be done twice.
   */
  public void onLost(Runnable action) {
    onLost = action;
    if (lost) {
      action.run();
    }
  }

  /**
   * Sets what to do once somebody has asked this run to stop: on the renewing thread, or here and
   * now where that was so before. May be done twice.
   */
  public void onStopAsked(Runnable action) {
    onStopAsked = action;
    if (stopAsked) {
      action.run();
    }
  }

  /**
   * Sets what to do once somebody has paused the channel: on the renewing thread, or here and now
   * where that was so before. May be done twice.
   */
  public void onPaused(Consumer<Pause> action) {
    onPaused = action;
    Pause before = pause;
    if (before != null) {
      action.accept(before);
    }
  }

  /** The job execution that works under this lease, or null as long as none was noted. */
  public @Nullable Long run() {
    return run;
  }

  void noted(long execution) {
    run = execution;
  }

  boolean stopAsked() {
    return stopAsked;
  }

  void askToStop() {
    stopAsked = true;
    onStopAsked.run();
  }

  @Nullable Pause pause() {
    return pause;
  }

  void pause(Pause why) {
    pause = why;
    onPaused.accept(why);
  }

  void renewed(long until) {
    liveUntil = until;
  }

  /** Keeps the first failure of a series, which says most of the cause. */
  void notRenewed(SQLException why) {
    if (failure() == null) {
      failure = new Failure(why, nanos.getAsLong());
    }
  }

  /**
   * Why a renewal failed within the last minute, though a later one may have succeeded; the first
   * reason where there were several, null where there is none. Thread-safe.
   */
  public @Nullable SQLException failure() {
    Failure first = failure;
    return first == null || nanos.getAsLong() - first.at() > KEPT.toNanos() ? null : first.why();
  }

  private record Failure(SQLException why, long at) {}

  /**
   * Lets the lease expire: nothing more may start from now on, and once its time is over another
   * run may take the channel. Returns at once.
   */
  public void renewNoMore() {
    lost = true;
  }

  boolean lost() {
    return lost;
  }

  void lose() {
    lost = true;
    onLost.run();
  }
}
