package dev.stretto.dispatch;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Why a dispatcher starts nothing more.
 *
 * @param reason the kind
 * @param text one line for people
 * @param retryAfter how much longer the destination asked to be left alone, where that is why; else
 *     null
 */
public record Stop(Reason reason, String text, @Nullable Duration retryAfter) {

  /** Whether what becomes of the messages can still be recorded. */
  boolean recordable() {
    return reason.recordable();
  }

  /** How a run ends that was stopped. */
  public enum End {
    /** It did what it was to do. */
    COMPLETED,
    /** It is to be carried on. */
    STOPPED,
    /** Something has to be mended, or passes by itself outside of this process. */
    FAILED
  }

  /** Kinds of stop. */
  public enum Reason {
    /** Someone asked for it: a signal, or the stop command. */
    ASKED(End.STOPPED, true, false),
    /** Somebody has paused the channel. */
    PAUSED(End.STOPPED, true, false),
    /** The run's time is up. */
    TIME_UP(End.COMPLETED, true, false),
    /** The destination can't be reached, or takes nothing, for longer than the run may wait. */
    UNAVAILABLE(End.STOPPED, true, true),
    /** The destination answers, and refuses whatever it is sent: a person has to act. */
    REFUSED(End.FAILED, true, true),
    /** The destination is gone for good. */
    SWITCHED_OFF(End.FAILED, true, true),
    /** A message failed for good and must stay first in line. */
    HELD(End.FAILED, true, true),
    /** No more calls can be started, for a reason that has nothing to do with recording. */
    FAILED(End.FAILED, true, false),
    /** Another run may have the channel. */
    LEASE_LOST(End.FAILED, false, false),
    /** The database can't be reached or worked with for now, so that nothing can be recorded. */
    DATABASE_UNAVAILABLE(End.FAILED, false, false),
    /** What happened can't be recorded, for another reason. */
    BROKEN(End.FAILED, false, false);

    private final End end;
    private final boolean recordable;
    private final boolean standstill;

    Reason(End end, boolean recordable, boolean standstill) {
      this.end = end;
      this.recordable = recordable;
      this.standstill = standstill;
    }

    /** Whether what becomes of the messages can still be recorded. */
    public boolean recordable() {
      return recordable;
    }

    /** How the run ends. */
    public End end() {
      return end;
    }

    /** Whether the channel stands still until its destination or a person does something. */
    public boolean standstill() {
      return standstill;
    }

    /** Whether nobody waits for the run to end, so that it may take its time over old messages. */
    public boolean unhurried() {
      return standstill || end == End.COMPLETED;
    }
  }
}
