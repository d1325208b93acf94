package dev.stretto.dispatch;

import dev.stretto.dispatch.DispatchSettings.Keys;
import dev.stretto.dispatch.DispatchSettings.RetryAfter;
import dev.stretto.dispatch.DispatchSettings.Unavailable;
import dev.stretto.message.ClosedKey;
import dev.stretto.transport.Outcome.RetryLater;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * Before which time each ordering key is not called: its last start was too short a time ago, or
 * the destination asked to leave it alone. Knows only keys whose time has not passed. Not
 * thread-safe: the dispatcher's lock guards it. Times are nanoseconds on the dispatcher's clock.
 */
final class KeyGates {

  /** A shorter interval is over before a run could follow one that was killed. */
  private static final Duration WORTH_KEEPING = Duration.ofSeconds(10);

  private final long interval;
  private final boolean keepStarts;
  private final boolean closes;
  private final Unavailable settings;
  private final InstantSource clock;
  private final Map<String, Opening> openings = new HashMap<>();

  /** Those, and earlier ones of the same keys. */
  private final PriorityQueue<Opening> byTime =
      new PriorityQueue<>(Comparator.comparingLong(Opening::at));

  private List<ClosedKey> unrecorded = new ArrayList<>();
  private String reason = "";

  KeyGates(DispatchSettings settings, InstantSource clock) {
    Keys keys = settings.keys();
    this.interval = keys.interval().toNanos();
    this.keepStarts = keys.interval().compareTo(WORTH_KEEPING) > 0;
    this.closes = keys.retryAfter() == RetryAfter.KEY;
    this.settings = settings.unavailable();
    this.clock = clock;
  }

  /**
   * When a key may be called.
   *
   * @param asked whether that is so late because the destination asked for it
   */
  record Opening(String key, long at, boolean asked) {}

  /** When the message's key may be called; null where it may be now, or there is none. */
  @Nullable Opening opening(Task task, long now) {
    forgetPassed(now);
    return openings.get(task.message().orderingKey());
  }

  /** When the message may be called as far as its key is concerned: at most {@code now} if now. */
  long opensAt(Task task, long now) {
    Opening opening = opening(task, now);
    return opening == null ? now : opening.at();
  }

  private void forgetPassed(long now) {
    while (!byTime.isEmpty() && byTime.element().at() <= now) {
      Opening passed = byTime.remove();
      openings.remove(passed.key(), passed);
    }
  }

  /** A call starts. */
  void started(Task task, long now) {
    String key = task.message().orderingKey();
    if (key != null && interval > 0) {
      set(new Opening(key, now + interval, false));
      if (keepStarts) {
        unrecorded.add(closed(key, now + interval, now));
      }
    }
  }

  /**
   * Whether that the destination is unavailable closes the message's key, rather than the channel.
   */
  boolean closes(Task task, RetryLater why) {
    boolean asked = closes && why.retryAfter() != null;
    return task.message().orderingKey() != null && (asked || task.destination != null);
  }

  /**
   * The destination asked to leave the message's key alone, or is one of several and can't be
   * reached. Where that is so for the same message again and again, it is called less and less
   * often, whatever is asked for.
   *
   * @param asked for how long, as far as that is believed; 0 where nothing was asked
   */
  void close(Task task, long asked, long now, String why) {
    String key = String.valueOf(task.message().orderingKey());
    double nominal = settings.backoff().toNanos() * Math.pow(2, task.closings++);
    long least = (long) Math.min(nominal, (double) settings.maxBackoff().toNanos());
    long at = now + Math.max(asked, least);
    if (at > opensAt(task, now)) {
      set(new Opening(key, at, true));
    }
    unrecorded.add(closed(key, at, now));
    reason = task.destination == null ? "as the destination asked: " + why : why;
  }

  /** An earlier run has left the key closed. */
  void keep(String key, Duration remaining, long now) {
    long at = now + remaining.toNanos();
    set(new Opening(key, at, remaining.toNanos() > interval));
  }

  private void set(Opening opening) {
    openings.put(opening.key(), opening);
    byTime.add(opening);
  }

  private ClosedKey closed(String key, long at, long now) {
    return new ClosedKey(key, clock.instant().plusNanos(at - now));
  }

  /** What is to be kept for later runs, since the last time. */
  List<ClosedKey> takeUnrecorded() {
    List<ClosedKey> taken = unrecorded;
    unrecorded = new ArrayList<>();
    return taken;
  }

  /** All that a run that follows has to know. */
  List<ClosedKey> closed(long now) {
    forgetPassed(now);
    return openings.values().stream()
        .map(opening -> closed(opening.key(), opening.at(), now))
        .toList();
  }

  /** Why a key was last closed, for people; empty where only an earlier run knows. */
  String reason() {
    return reason;
  }
}
