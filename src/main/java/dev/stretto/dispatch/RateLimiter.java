package dev.stretto.dispatch;

import dev.stretto.dispatch.DispatchSettings.Rate;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How fast calls may start. A token bucket: at most {@code burst} starts at once after a pause, and
 * {@code starts} in every {@code per} from then on; and a fixed shortest time from one start to the
 * next. Not safe for threads: the dispatcher's lock guards it.
 */
final class RateLimiter {

  private final long interval;
  private final long credit;
  private final long stagger;
  private boolean started;

  /** When the bucket would be full again, in nanoseconds. */
  private long fullAt;

  private long lastStart;

  RateLimiter(@Nullable Rate rate, Duration stagger) {
    this.stagger = stagger.toNanos();
    this.interval = rate == null ? 0 : Math.max(1, rate.per().toNanos() / rate.starts());
    this.credit = rate == null ? 0 : interval * (rate.burst() - 1);
  }

  /** When the next start has its token: at most {@code now} if at once. */
  long allowsAt(long now) {
    return started ? Math.max(lastStart + stagger, interval == 0 ? now : fullAt - credit) : now;
  }

  /** Takes a token. */
  void started(long now) {
    if (interval > 0) {
      fullAt = (started ? Math.max(now, fullAt) : now) + interval;
    }
    lastStart = now;
    started = true;
  }
}
