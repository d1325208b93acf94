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
    return switch (reason) {
      case ASKED, TIME_UP, UNAVAILABLE, REFUSED, SWITCHED_OFF, HELD, FAILED -> true;
      case LEASE_LOST, DATABASE_UNAVAILABLE, BROKEN -> false;
    };
  }

  /** Kinds of stop. */
  public enum Reason {
    /** Someone asked for it: a signal, or the stop command. */
    ASKED,
    /** The run's time is up. */
    TIME_UP,
    /** The destination can't be reached, or takes nothing, for longer than the run may wait. */
    UNAVAILABLE,
    /** The destination answers, and refuses whatever it is sent: a person has to act. */
    REFUSED,
    /** The destination is gone for good. */
    SWITCHED_OFF,
    /** A message failed for good and must stay first in line. */
    HELD,
    /** No more calls can be started, for a reason that has nothing to do with recording. */
    FAILED,
    /** Another run may have the channel. */
    LEASE_LOST,
    /** The database can't be reached or worked with for now, so that nothing can be recorded. */
    DATABASE_UNAVAILABLE,
    /** What happened can't be recorded, for another reason. */
    BROKEN
  }
}
