package dev.stretto.transport.http.hosts;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Hosts that could not be reached, or gave no answer, and are left alone for a while, so that they
 * take no places in the window from others. After each such time one call tries again, and the next
 * time is twice as long until one is answered. Thread-safe.
 */
public final class HostPauses {

  static final Duration FIRST = Duration.ofMillis(500);
  static final Duration LONGEST = Duration.ofSeconds(10);

  /** Beyond that the one that was left alone first is forgotten, and merely tried once more. */
  static final int MOST = 10_000;

  private final LongSupplier nanos;

  /** Guarded by this, by host. */
  private final Map<String, Pause> pauses =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Pause> eldest) {
          return size() > MOST;
        }
      };

  /**
   * @param trying whether a call tries the host
   */
  private record Pause(long until, long length, String reason, boolean trying) {}

  /**
   * A host is not called now.
   *
   * @param rest how long it still is left alone, more than 0
   * @param reason what was wrong with it; one line
   */
  public record Paused(Duration rest, String reason) {}

  /**
   * @param nanos a monotonic clock
   */
  public HostPauses(LongSupplier nanos) {
    this.nanos = nanos;
  }

  /** Whether the host is left alone; null where a call of it may start, which tries it. */
  public synchronized @Nullable Paused paused(String host) {
    Pause pause = pauses.get(host);
    if (pause == null) {
      return null;
    }
    long now = nanos.getAsLong();
    long left = pause.until() - now;
    if (left > 0) {
      return new Paused(Duration.ofNanos(left), pause.reason());
    }
    // What becomes of the call that tries may be known only later than that; then another does.
    pauses.put(host, new Pause(now + pause.length(), pause.length(), pause.reason(), true));
    return null;
  }

  /** A call did not reach the host, or had no answer; of those that started together one counts. */
  public synchronized void troubled(String host, String reason) {
    Pause before = pauses.get(host);
    if (before == null || before.trying()) {
      long length =
          before == null ? FIRST.toNanos() : Math.min(2 * before.length(), LONGEST.toNanos());
      pauses.put(host, new Pause(nanos.getAsLong() + length, length, reason, false));
    }
  }

  /** The host answered. */
  public synchronized void answered(String host) {
    pauses.remove(host);
  }
}
