package dev.stretto.transport;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a look at a destination found.
 *
 * @param findings one line each, without secrets
 * @param order whether calls would arrive in the order of their starts
 * @param why the same in words
 * @param streams the most calls under way that the destination allows, 0 or more; null where it
 *     names no bound
 */
public record Look(
    List<Finding> findings, ArrivalOrder order, String why, @Nullable Integer streams) {

  /** One thing that was seen. */
  public record Finding(Grade grade, String text) {}

  /** What a finding means for whoever wants to send. */
  public enum Grade {
    /** Nothing is in the way. */
    FINE,
    /** Somebody should act soon. */
    WARNING,
    /** The destination can't be reached now. */
    UNAVAILABLE,
    /** The destination refuses whoever asks. */
    REFUSED
  }

  /** The finding that a call's outcome stands for. */
  public static Finding finding(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Delivered _ -> new Finding(Grade.FINE, "reachable");
      case Outcome.RetryLater later -> new Finding(Grade.UNAVAILABLE, later.reason());
      case Outcome.Rejected rejected -> new Finding(Grade.REFUSED, rejected.reason());
      case Outcome.Apart apart -> finding(apart.outcome());
    };
  }
}
