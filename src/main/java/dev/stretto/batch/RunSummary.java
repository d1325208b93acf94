package dev.stretto.batch;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One run on a channel, as the job repository shows it.
 *
 * @param run the job execution's number
 * @param instance the job instance's; a run that carries on a stopped or dead one has the same
 * @param status the job execution's status, or {@link #DEAD}
 * @param exit the job execution's exit code
 * @param started when it began, or null if it has not
 * @param ended when it ended, or null while it has not
 * @param delivered messages delivered; like the other numbers, of a running or dead run what it
 *     noted last, which it does once a second, or more seldom among more than 64 at once
 * @param parked messages parked
 * @param retried attempts beyond each message's first
 * @param resent messages sent again because a run that died had claimed them
 */
public record RunSummary(
    long run,
    long instance,
    String channel,
    String status,
    String exit,
    @Nullable Instant started,
    @Nullable Instant ended,
    long delivered,
    long parked,
    long retried,
    long resent) {

  /**
   * The status of a run that never recorded its end and no longer holds its channel: it was killed,
   * and the next dispatch restarts its job instance.
   */
  public static final String DEAD = "DEAD";
}
