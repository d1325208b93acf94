package dev.stretto.cli;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import dev.stretto.lease.Pause;
import dev.stretto.outbox.admin.OutboxView;
import dev.stretto.report.ChannelStatus;
import dev.stretto.settings.Channels;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The channels' state for programs; times in seconds. */
record StatusJson(List<Row> channels) {

  record Row(
      String channel,
      long pending,
      long inFlight,
      long delivered,
      long parked,
      long discarded,
      long lateArrivals,
      @Nullable Double oldestPendingSeconds,
      long blockedKeys,
      @Nullable Lease lease,
      @Nullable Long lastRun,
      OutboxView.@Nullable Gate gate,
      OutboxView.@Nullable ClosedKeys closedKeys,
      @Nullable Pause paused,
      boolean configured,
      @JsonInclude(Include.NON_NULL) @Nullable Double deliveredPerSecond) {}

  record Lease(String owner, @Nullable Long run, long fence, Instant expiresAt, boolean expired) {}

  /**
   * The document.
   *
   * @param perSecond how many a second are delivered, by channel, as far as that is known
   */
  static StatusJson of(List<ChannelStatus> rows, Channels channels, Map<String, Double> perSecond) {
    return new StatusJson(
        rows.stream()
            .map(row ->
                row(
                    row,
                    channels.isConfigured(row.channel()),
                    rounded(perSecond.get(row.channel()))))
            .toList());
  }

  private static @Nullable Double rounded(@Nullable Double rate) {
    return rate == null ? null : Math.round(rate * 10) / 10.0;
  }

  private static Row row(ChannelStatus row, boolean configured, @Nullable Double perSecond) {
    return new Row(
        row.channel(),
        row.pending(),
        row.inFlight(),
        row.delivered(),
        row.parked(),
        row.discarded(),
        row.late(),
        row.oldestPending() == null ? null : row.oldestPending().toMillis() / 1000.0,
        row.blockedKeys(),
        row.lease() == null ? null : lease(row.lease()),
        row.lastRun(),
        row.gate(),
        row.closedKeys(),
        row.paused(),
        configured,
        perSecond);
  }

  private static Lease lease(ChannelStatus.Lease lease) {
    return new Lease(
        lease.owner(),
        lease.run(),
        lease.fence(),
        lease.expiresAt(),
        !lease.remaining().isPositive());
  }
}
