package dev.stretto.batch.step;

import dev.stretto.dispatch.Stop;
import dev.stretto.lease.ChannelHeldException;
import org.jspecify.annotations.Nullable;
import org.springframework.batch.core.ExitStatus;

/**
 * What the job repository keeps as the exit of an execution, where that has a reason of its own.
 */
public final class ExitStatuses {

  private ExitStatuses() {}

  /** Another run holds the channel. */
  public static ExitStatus held(ChannelHeldException holder) {
    return new ExitStatus("HELD", String.valueOf(holder.getMessage()));
  }

  /** Somebody has paused the channel. */
  public static ExitStatus paused(@Nullable String why) {
    return new ExitStatus("PAUSED", String.valueOf(why));
  }

  /** There was nothing to send. */
  public static ExitStatus nothingWaited() {
    return ExitStatus.COMPLETED.addExitDescription("nothing waited");
  }

  /** It began long after it was made, and another launch had taken its process for dead. */
  public static ExitStatus takenForDead() {
    return ExitStatus.FAILED.addExitDescription(
        "it began so long after it was made that it had been taken for dead: launch it again");
  }

  /** The destination can't be reached, or asked for a longer pause than a run would wait. */
  public static ExitStatus unavailable(Stop stop) {
    return new ExitStatus("UNAVAILABLE", stop.text());
  }
}
