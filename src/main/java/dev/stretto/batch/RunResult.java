package dev.stretto.batch;

import dev.stretto.dispatch.Counts;
import dev.stretto.dispatch.Stop;
import dev.stretto.run.ChannelRun;
import dev.stretto.run.DatabaseStop;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.batch.core.BatchStatus;
import org.springframework.batch.core.job.JobExecution;

/**
 * How a run on a channel ended.
 *
 * @param channel the channel's name
 * @param run the job execution's number, or null where there was nothing to do and so no execution
 * @param status the job execution's status: {@code COMPLETED}, {@code STOPPED} or {@code FAILED};
 *     or {@link #HELD} where there was no execution because another run holds the channel
 * @param stop why it started nothing more before everything was done, or null
 * @param failure one line where it failed otherwise, or says who holds the channel; or null
 * @param delivered messages delivered in this run
 * @param parked messages parked in this run
 * @param retried attempts beyond each message's first
 * @param resent messages sent again because a run that died had claimed them
 * @param remaining messages that still wait
 * @param calling from the first start to the last thing recorded
 * @param elapsed how long the run took altogether
 */
public record RunResult(
    String channel,
    @Nullable Long run,
    String status,
    @Nullable Stop stop,
    @Nullable String failure,
    long delivered,
    long parked,
    long retried,
    long resent,
    long remaining,
    Duration calling,
    Duration elapsed) {

  /** The status of a run that was none, because another run holds the channel. */
  public static final String HELD = "HELD";

  /** That of a channel where nothing waited. */
  static RunResult nothingToDo(String channel, long remaining, Duration elapsed) {
    return unsent(channel, BatchStatus.COMPLETED.name(), null, null, remaining, elapsed);
  }

  /** That of a channel whose destination asked for a longer pause than a run would wait. */
  static RunResult closed(String channel, Stop stop, long remaining, Duration elapsed) {
    return unsent(channel, BatchStatus.STOPPED.name(), stop, null, remaining, elapsed);
  }

  /** That of a channel which another run holds. */
  static RunResult held(String channel, String holder, long remaining, Duration elapsed) {
    return unsent(channel, HELD, null, holder, remaining, elapsed);
  }

  private static RunResult unsent(
      String channel,
      String status,
      @Nullable Stop stop,
      @Nullable String failure,
      long remaining,
      Duration elapsed) {
    return new RunResult(
        channel, null, status, stop, failure, 0, 0, 0, 0, remaining, Duration.ZERO, elapsed);
  }

  /**
   * That of an execution.
   *
   * @param run null where the execution failed before there was one
   */
  static RunResult of(
      String channel,
      JobExecution execution,
      @Nullable ChannelRun run,
      long remaining,
      Duration elapsed) {
    Counts counts = run == null ? Counts.NONE : run.counts();
    return new RunResult(
        channel,
        execution.getId(),
        execution.getStatus().name(),
        run == null ? null : run.stopped(),
        execution.getAllFailureExceptions().stream()
            .map(DatabaseStop::line)
            .findFirst()
            .orElse(null),
        counts.delivered(),
        counts.parked(),
        counts.retried(),
        run == null ? 0 : run.resent(),
        remaining,
        counts.calling(),
        elapsed);
  }
}
