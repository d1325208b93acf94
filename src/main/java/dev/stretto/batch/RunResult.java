package dev.stretto.batch;

import dev.stretto.dispatch.Counts;
import dev.stretto.dispatch.Stop;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.batch.core.BatchStatus;

/** How a launch on a channel ended. */
public sealed interface RunResult {

  /** The channel's name. */
  String channel();

  /** What was done; nothing where there was no execution. */
  default Counts counts() {
    return Counts.NONE;
  }

  /** How many messages still wait. */
  long remaining();

  /** How long the launch took altogether. */
  Duration elapsed();

  /**
   * Another run holds the channel.
   *
   * @param holder says who, in one line
   */
  record Held(String channel, String holder, long remaining, Duration elapsed)
      implements RunResult {}

  /**
   * Messages wait in a channel that somebody has paused.
   *
   * @param why since when, by whom and why, in one line
   */
  record Paused(String channel, String why, long remaining, Duration elapsed)
      implements RunResult {}

  /** Nothing waited that could be sent, and no run was cut short. */
  record NothingToDo(String channel, long remaining, Duration elapsed) implements RunResult {}

  /**
   * The destination asked an earlier run for a longer pause than this one may wait.
   *
   * @param stop says for how much longer
   */
  record GateClosed(String channel, Stop stop, long remaining, Duration elapsed)
      implements RunResult {}

  /**
   * Its turn had not come before the launcher was to start nothing more.
   *
   * @param stop says why
   */
  record NotBegun(String channel, Stop stop, long remaining, Duration elapsed)
      implements RunResult {}

  /**
   * There was an execution.
   *
   * @param run the job execution's number
   * @param status the job execution's status, in Spring Batch's words
   * @param stop why nothing more started before everything was done, or null
   * @param failure one line where it failed otherwise, or null
   * @param resent messages sent again because a run that died had claimed them
   */
  record Executed(
      String channel,
      long run,
      String status,
      @Nullable Stop stop,
      @Nullable String failure,
      Counts counts,
      int resent,
      long remaining,
      Duration elapsed)
      implements RunResult {

    /** Whether the execution neither failed nor was cut short. */
    public boolean completed() {
      return status.equals(BatchStatus.COMPLETED.name());
    }
  }
}
