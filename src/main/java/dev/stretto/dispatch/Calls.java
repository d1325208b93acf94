package dev.stretto.dispatch;

import dev.stretto.dispatch.DispatchSettings.Rate;
import dev.stretto.dispatch.DispatchState.Moment;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The calls of a run: which may start now, and which are under way. Not thread-safe: the
 * dispatcher's lock guards it. Times are nanoseconds on the dispatcher's monotonic clock.
 */
final class Calls {

  private final int window;
  private final StartQueue queue;
  private final Lanes lanes;
  private final StartGate gate;
  private final Outage outage;
  private final KeyGates keys;
  private final RateLimiter limiter;
  private final Set<Task> underWay = new HashSet<>();
  private long wakeAt = Long.MAX_VALUE;
  private long started;

  Calls(
      DispatchSettings settings,
      StartQueue queue,
      Lanes lanes,
      StartGate gate,
      Outage outage,
      KeyGates keys) {
    this.window = settings.window();
    this.queue = queue;
    this.lanes = lanes;
    this.gate = gate;
    this.outage = outage;
    this.keys = keys;
    this.limiter = new RateLimiter(settings.rate(), settings.stagger());
  }

  /**
   * The message whose call may start now, or null; then {@link #wakeAt} says when to ask again,
   * unless something changes before.
   *
   * @param capacity the most calls that may be under way, 1 or more
   */
  @Nullable Task next(Moment now, int capacity) {
    wakeAt = Long.MAX_VALUE;
    if (now.stopped()) {
      return null;
    }
    long allowed = limiter.allowsAt(now.nanos());
    if (outage.doubted()) {
      wakeAt = outage.doubtedUntil(now);
      return startable(sendable(outage::witness), allowed, now, capacity);
    }
    if (queue.awaitsReturned()) {
      return null;
    }
    Task first = sendable(() -> queue.next(now.nanos()));
    wakeAt = queue.nextDue();
    return startable(first, Math.max(gate.opensAt(now.nanos()), allowed), now, capacity);
  }

  private @Nullable Task startable(@Nullable Task first, long allowed, Moment now, int capacity) {
    if (first == null || underWay.size() >= Math.min(capacity, window)) {
      return null;
    }
    if (allowed <= now.nanos()) {
      return first;
    }
    wakeAt = Math.min(wakeAt, allowed);
    return null;
  }

  /**
   * What can't be sent is parked when its turn has come, whatever the destination is like, for it
   * has no part in it.
   */
  private @Nullable Task sendable(Supplier<@Nullable Task> line) {
    Task first = line.get();
    while (first != null && first.message().problem() != null) {
      queue.started(first);
      first.lastError = first.message().problem();
      lanes.park(first);
      first = line.get();
    }
    return first;
  }

  long wakeAt() {
    return wakeAt;
  }

  /** The call of what {@link #next} returned is about to be handed over. */
  void begin(Task task, long now) {
    queue.started(task);
    if (outage.doubted()) {
      outage.witnessStarts();
    } else {
      gate.started(task);
    }
    limiter.started(now);
    keys.started(task, now);
    underWay.add(task);
    task.attempts++;
    task.call = ++started;
  }

  /**
   * A call has ended.
   *
   * @return whether what it came to still matters: not where it was abandoned before
   */
  boolean end(Task task) {
    return underWay.remove(task) && !task.over();
  }

  /** How many are under way. */
  int underWay() {
    return underWay.size();
  }

  /** Ends the messages whose calls are under way, without a settlement. */
  void abandon() {
    underWay.forEach(task -> task.end(null));
  }

  /**
   * How fast calls may start. A token bucket: at most {@code burst} starts at once after a pause,
   * and {@code starts} in every {@code per} from then on; and a fixed shortest time from one start
   * to the next.
   */
  private static final class RateLimiter {

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
}
