package dev.stretto.run;

import dev.stretto.dispatch.Dispatcher;
import dev.stretto.dispatch.Standstill;
import dev.stretto.outbox.ChannelGates.Standing;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * When the database is to be told that a channel stands still, and why, or that it goes on. Times
 * are nanoseconds on a monotonic clock. Used on the recorder's thread only.
 */
final class GateNotes {

  /** How often what changes while the gate is closed is noted. */
  static final Duration EVERY = Duration.ofSeconds(1);

  private final Dispatcher dispatcher;

  /** Whether the database says that the channel stands still. */
  private boolean stands;

  private int notedCalls;
  private long notedAt;

  /** Whether somebody may have to be told that the channel stands still, and when to look. */
  private boolean telling;

  private long tellAt;

  GateNotes(Dispatcher dispatcher) {
    this.dispatcher = dispatcher;
  }

  /**
   * What the database is to be told.
   *
   * @param standing null where the channel goes on
   */
  record Note(@Nullable Standing standing) {}

  /**
   * To be called first.
   *
   * @param nowStands whether the database says that the channel stands still
   */
  void start(boolean nowStands, long now) {
    stands = nowStands;
    telling = nowStands;
    tellAt = now;
  }

  /** Whether it is time to see whether somebody has to be told that the channel stands still. */
  boolean tellingDue(long now) {
    return telling && now - tellAt >= 0;
  }

  /**
   * Somebody was told, or it is too early.
   *
   * @param wait when to see again, {@code Long.MAX_VALUE} for never
   */
  void told(long now, long wait) {
    telling = wait != Long.MAX_VALUE;
    tellAt = now + wait;
  }

  /** What is to be noted now, or null. */
  @Nullable Note next(long now) {
    Standstill current = dispatcher.standstill();
    if (current == null) {
      notedCalls = 0;
      if (!stands || dispatcher.counts().delivered() == 0) {
        return null;
      }
      stands = false;
      telling = false;
      return new Note(null);
    }
    boolean early = notedCalls > 0 && now - notedAt < EVERY.toNanos();
    if (early || current.calls() == notedCalls) {
      return null;
    }
    if (!telling) {
      telling = true;
      tellAt = now;
    }
    stands = true;
    notedCalls = current.calls();
    notedAt = now;
    return new Note(
        new Standing(current.askedUntil(), current.since(), current.calls(), current.reason()));
  }
}
