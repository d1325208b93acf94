package dev.stretto.dispatch;

import dev.stretto.dispatch.DispatchSettings.OnExhausted;
import dev.stretto.dispatch.DispatchSettings.OnUnknown;
import dev.stretto.dispatch.DispatchSettings.Ordering;
import dev.stretto.dispatch.DispatchSettings.Rate;
import dev.stretto.dispatch.DispatchSettings.Retry;
import dev.stretto.dispatch.DispatchSettings.Unavailable;
import dev.stretto.dispatch.DispatchSettings.WhileRetrying;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Settings for tests, changed one at a time. */
record Settings(
    Ordering ordering,
    int window,
    @Nullable Rate rate,
    Duration stagger,
    int attempts,
    WhileRetrying whileRetrying,
    OnExhausted onExhausted,
    OnUnknown onUnknown,
    Duration patience) {

  /** How many messages of one key are in memory at most. */
  static final int LANE_DEPTH = 3;

  static Settings start(int window) {
    return new Settings(
        Ordering.START,
        window,
        null,
        Duration.ZERO,
        5,
        WhileRetrying.CONTINUE,
        OnExhausted.PARK,
        OnUnknown.RESEND,
        Duration.ofHours(1));
  }

  Settings ordering(Ordering changed) {
    return new Settings(
        changed, window, rate, stagger, attempts, whileRetrying, onExhausted, onUnknown, patience);
  }

  Settings rate(Rate changed) {
    return new Settings(
        ordering,
        window,
        changed,
        stagger,
        attempts,
        whileRetrying,
        onExhausted,
        onUnknown,
        patience);
  }

  Settings stagger(Duration changed) {
    return new Settings(
        ordering, window, rate, changed, attempts, whileRetrying, onExhausted, onUnknown, patience);
  }

  Settings attempts(int changed) {
    return new Settings(
        ordering, window, rate, stagger, changed, whileRetrying, onExhausted, onUnknown, patience);
  }

  Settings whileRetrying(WhileRetrying changed) {
    return new Settings(
        ordering, window, rate, stagger, attempts, changed, onExhausted, onUnknown, patience);
  }

  Settings onExhausted(OnExhausted changed) {
    return new Settings(
        ordering, window, rate, stagger, attempts, whileRetrying, changed, onUnknown, patience);
  }

  Settings onUnknown(OnUnknown changed) {
    return new Settings(
        ordering, window, rate, stagger, attempts, whileRetrying, onExhausted, changed, patience);
  }

  Settings patience(Duration changed) {
    return new Settings(
        ordering, window, rate, stagger, attempts, whileRetrying, onExhausted, onUnknown, changed);
  }

  DispatchSettings build() {
    return new DispatchSettings(
        ordering,
        window,
        ordering == Ordering.KEY ? LANE_DEPTH * window : window,
        rate,
        stagger,
        new Retry(attempts, Duration.ofMillis(100), 2, Duration.ofSeconds(5)),
        whileRetrying,
        onExhausted,
        onUnknown,
        new Unavailable(
            patience, Duration.ofMillis(500), Duration.ofSeconds(10), Duration.ofDays(1)),
        Duration.ofHours(1));
  }
}
