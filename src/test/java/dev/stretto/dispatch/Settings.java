package dev.stretto.dispatch;

import dev.stretto.dispatch.DispatchSettings.Keys;
import dev.stretto.dispatch.DispatchSettings.OnExhausted;
import dev.stretto.dispatch.DispatchSettings.OnUnknown;
import dev.stretto.dispatch.DispatchSettings.Ordering;
import dev.stretto.dispatch.DispatchSettings.Rate;
import dev.stretto.dispatch.DispatchSettings.Retry;
import dev.stretto.dispatch.DispatchSettings.RetryAfter;
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
    Keys keys,
    int attempts,
    WhileRetrying whileRetrying,
    OnExhausted onExhausted,
    OnUnknown onUnknown,
    Duration patience,
    int after) {

  /** How many messages of one key are in memory at most. */
  static final int LANE_DEPTH = 3;

  static Settings start(int window) {
    return new Settings(
        Ordering.START,
        window,
        null,
        Duration.ZERO,
        Keys.NONE,
        5,
        WhileRetrying.CONTINUE,
        OnExhausted.PARK,
        OnUnknown.RESEND,
        Duration.ofHours(1),
        10);
  }

  Settings ordering(Ordering changed) {
    return new Settings(
        changed,
        window,
        rate,
        stagger,
        keys,
        attempts,
        whileRetrying,
        onExhausted,
        onUnknown,
        patience,
        after);
  }

  Settings rate(Rate changed) {
    return new Settings(
        ordering,
        window,
        changed,
        stagger,
        keys,
        attempts,
        whileRetrying,
        onExhausted,
        onUnknown,
        patience,
        after);
  }

  Settings stagger(Duration changed) {
    return new Settings(
        ordering,
        window,
        rate,
        changed,
        keys,
        attempts,
        whileRetrying,
        onExhausted,
        onUnknown,
        patience,
        after);
  }

  Settings keys(Duration interval, RetryAfter retryAfter) {
    return new Settings(
        ordering,
        window,
        rate,
        stagger,
        new Keys(interval, retryAfter),
        attempts,
        whileRetrying,
        onExhausted,
        onUnknown,
        patience,
        after);
  }

  Settings attempts(int changed) {
    return new Settings(
        ordering,
        window,
        rate,
        stagger,
        keys,
        changed,
        whileRetrying,
        onExhausted,
        onUnknown,
        patience,
        after);
  }

  Settings whileRetrying(WhileRetrying changed) {
    return new Settings(
        ordering,
        window,
        rate,
        stagger,
        keys,
        attempts,
        changed,
        onExhausted,
        onUnknown,
        patience,
        after);
  }

  Settings onExhausted(OnExhausted changed) {
    return new Settings(
        ordering,
        window,
        rate,
        stagger,
        keys,
        attempts,
        whileRetrying,
        changed,
        onUnknown,
        patience,
        after);
  }

  Settings onUnknown(OnUnknown changed) {
    return new Settings(
        ordering,
        window,
        rate,
        stagger,
        keys,
        attempts,
        whileRetrying,
        onExhausted,
        changed,
        patience,
        after);
  }

  Settings patience(Duration changed) {
    return new Settings(
        ordering,
        window,
        rate,
        stagger,
        keys,
        attempts,
        whileRetrying,
        onExhausted,
        onUnknown,
        changed,
        after);
  }

  Settings after(int changed) {
    return new Settings(
        ordering,
        window,
        rate,
        stagger,
        keys,
        attempts,
        whileRetrying,
        onExhausted,
        onUnknown,
        patience,
        changed);
  }

  DispatchSettings build() {
    return new DispatchSettings(
        ordering,
        window,
        ordering == Ordering.KEY ? LANE_DEPTH * window : window,
        rate,
        stagger,
        keys,
        new Retry(attempts, Duration.ofMillis(100), 2, Duration.ofSeconds(5), Duration.ofHours(24)),
        whileRetrying,
        onExhausted,
        onUnknown,
        new Unavailable(
            after, patience, Duration.ofMillis(500), Duration.ofSeconds(10), Duration.ofDays(1)),
        Duration.ofHours(1),
        null);
  }
}
