package dev.stretto.cli;

import dev.stretto.report.ChannelStatus;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** How many messages a second channels deliver, from one look to the next. */
final class DeliveryRates {

  private final Map<String, Long> before = new HashMap<>();
  private long lookedAt;

  /**
   * The rates since the last look, by channel. Of a channel that was not seen then, or of which
   * fewer are delivered than then, since some were purged or replayed, there is none.
   *
   * @param nanos when this look was, by a monotonic clock
   */
  Map<String, Double> since(List<ChannelStatus> rows, long nanos) {
    double seconds = (nanos - lookedAt) / (double) TimeUnit.SECONDS.toNanos(1);
    Map<String, Double> rates = new HashMap<>();
    for (ChannelStatus row : rows) {
      Long earlier = before.put(row.channel(), row.delivered());
      if (earlier != null && earlier <= row.delivered() && seconds > 0) {
        rates.put(row.channel(), (row.delivered() - earlier) / seconds);
      }
    }
    lookedAt = nanos;
    return rates;
  }
}
