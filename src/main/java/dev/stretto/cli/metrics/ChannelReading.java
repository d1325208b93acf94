package dev.stretto.cli.metrics;

import dev.stretto.batch.RunHistory.LastRuns;
import dev.stretto.batch.RunSummary;
import dev.stretto.outbox.admin.OutboxView.ClosedKeys;
import dev.stretto.outbox.admin.OutboxView.Gate;
import dev.stretto.report.ChannelRecord;
import dev.stretto.report.ChannelStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What was read of a channel.
 *
 * @param runs null where none ever had it
 * @param configured whether the configuration names it
 */
record ChannelReading(ChannelRecord record, @Nullable LastRuns runs, boolean configured) {

  ChannelStatus status() {
    return record.status();
  }

  /** Since when the oldest pending message waits; null where none is pending. */
  @Nullable Instant oldestPending(Instant now) {
    Duration age = status().oldestPending();
    return age == null ? null : now.minus(age);
  }

  @Nullable Instant closedSince() {
    Gate gate = status().gate();
    return gate == null ? null : gate.since();
  }

  @Nullable Instant closedUntil() {
    Gate gate = status().gate();
    return gate == null ? null : gate.closedUntil();
  }

  long closedKeys() {
    ClosedKeys closed = status().closedKeys();
    return closed == null ? 0 : closed.count();
  }

  boolean leaseHeld() {
    ChannelStatus.Lease lease = status().lease();
    return lease != null && lease.remaining().isPositive();
  }

  @Nullable RunSummary lastRun() {
    return runs == null ? null : runs.last();
  }

  /** When a message was delivered last, or a run ended that did all it was to do. */
  @Nullable Instant lastSuccess() {
    RunSummary completed = runs == null ? null : runs.completed();
    return Stream.of(record.lastDelivery(), completed == null ? null : completed.ended())
        .filter(Objects::nonNull)
        .max(Comparator.naturalOrder())
        .orElse(null);
  }
}
