package dev.stretto.report;

import dev.stretto.lease.Pause;
import dev.stretto.outbox.admin.OutboxView;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a channel looks like now. Counts are of messages; times are by the database's clock.
 *
 * @param late how many messages were given their place in the channel although a higher id had its
 *     own before, since their transactions were committed later
 * @param oldestPending how long the pending message that waits longest has waited, or null where
 *     none is pending
 * @param blockedKeys how many ordering keys wait behind a parked message
 * @param lease who may dispatch the channel, or null where nobody claimed it
 * @param lastRun the run that claimed the channel last, or null where none did
 * @param gate why nothing is delivered though messages wait, or null where the channel goes on
 * @param closedKeys which ordering keys are not called yet, or null where messages wait for none
 * @param paused since when, by whom and why nothing starts, or null where nobody has paused it
 */
public record ChannelStatus(
    String channel,
    long pending,
    long inFlight,
    long delivered,
    long parked,
    long discarded,
    long late,
    @Nullable Duration oldestPending,
    long blockedKeys,
    @Nullable Lease lease,
    @Nullable Long lastRun,
    OutboxView.@Nullable Gate gate,
    OutboxView.@Nullable ClosedKeys closedKeys,
    @Nullable Pause paused) {

  /**
   * A claim on a channel.
   *
   * @param fence the fencing token; it rises with every change of owner
   * @param remaining how long it still holds; negative where it expired, as after a crash
   */
  public record Lease(
      String owner, @Nullable Long run, long fence, Instant expiresAt, Duration remaining) {}
}
