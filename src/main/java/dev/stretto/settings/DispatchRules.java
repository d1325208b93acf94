package dev.stretto.settings;

import dev.stretto.dispatch.DispatchSettings;
import dev.stretto.dispatch.DispatchSettings.Keys;
import dev.stretto.dispatch.DispatchSettings.OnExhausted;
import dev.stretto.dispatch.DispatchSettings.Ordering;
import dev.stretto.dispatch.DispatchSettings.Rate;
import dev.stretto.dispatch.DispatchSettings.Retry;
import dev.stretto.dispatch.DispatchSettings.RetryAfter;
import dev.stretto.dispatch.DispatchSettings.Unavailable;
import dev.stretto.dispatch.DispatchSettings.WhileRetrying;
import dev.stretto.transport.InvalidSettingException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What values a channel's settings may have, which of them go together, and what follows from
 * which.
 */
final class DispatchRules {

  /**
   * How many times the window is read ahead in key order, and so the most messages of one key in
   * memory. Those of a long lane come from disk in halves of that: one short transaction for every
   * eighth message, where the other keys' starts wait for it hardly at all.
   */
  private static final int LANE_DEPTH = 16;

  private final String prefix;
  private final ChannelProperties properties;

  private DispatchRules(String prefix, ChannelProperties properties) {
    this.prefix = prefix;
    this.properties = properties;
  }

  /**
   * Checks and completes the settings, but for whom to tell: that takes all channels.
   *
   * @param prefix what goes before a property's name in messages, with its dot
   * @throws InvalidSettingException naming the first property that can't be used
   */
  static DispatchSettings settings(String prefix, ChannelProperties properties) {
    return new DispatchRules(prefix, properties).settings();
  }

  private DispatchSettings settings() {
    require(properties.window() >= 1, "window", "must be 1 or more, not " + properties.window());
    notNegative("drain", properties.drain());
    notNegative("stagger", properties.stagger());
    return new DispatchSettings(
        properties.ordering(),
        properties.window(),
        lookAhead(),
        rate(),
        properties.stagger(),
        keys(),
        retry(),
        whileRetrying(),
        onExhausted(),
        properties.onUnknown(),
        unavailable(),
        properties.drain(),
        null);
  }

  private int lookAhead() {
    Integer given = properties.lookAhead();
    int window = properties.window();
    if (properties.ordering() != Ordering.KEY) {
      require(
          given == null,
          "look-ahead",
          "needs ordering key, not " + BindingFailure.written(properties.ordering()));
      return window;
    }
    if (given == null) {
      return (int) Math.min((long) window * LANE_DEPTH, Integer.MAX_VALUE);
    }
    require(
        given >= window,
        "look-ahead",
        "must not be less than " + prefix + "window, " + window + "; it is " + given);
    return given;
  }

  private @Nullable Rate rate() {
    Integer burst = properties.burst();
    if (properties.rate() == null) {
      require(burst == null, "burst", "needs a rate, such as 20/s");
      return null;
    }
    RateText rate = RateText.parse(prefix + "rate", properties.rate());
    if (burst == null) {
      return new Rate(rate.starts(), rate.per(), Math.min(rate.aSecond(), properties.window()));
    }
    require(burst >= 1, "burst", "must be 1 or more, not " + burst);
    return new Rate(rate.starts(), rate.per(), burst);
  }

  private Keys keys() {
    String rate = properties.keyRate();
    RetryAfter retryAfter = properties.retryAfter();
    boolean keyed = properties.ordering() == Ordering.KEY;
    String ordering = BindingFailure.written(properties.ordering());
    require(
        keyed || rate == null,
        "key-rate",
        "needs ordering key, not " + ordering + "; use rate, or leave it out");
    require(
        keyed || retryAfter != RetryAfter.KEY,
        "retry-after",
        "key needs ordering key, not " + ordering + "; leave it out");
    return new Keys(
        rate == null ? Duration.ZERO : RateText.parse(prefix + "key-rate", rate).interval(),
        retryAfter == null ? RetryAfter.CHANNEL : retryAfter);
  }

  private Retry retry() {
    ChannelProperties.Retry retry = properties.retry();
    require(retry.attempts() >= 1, "retry.attempts", "must be 1 or more, not " + retry.attempts());
    positive("retry.backoff", retry.backoff());
    require(
        retry.multiplier() >= 1 && Double.isFinite(retry.multiplier()),
        "retry.multiplier",
        "must be 1 or more, not " + retry.multiplier());
    notLess("retry.max-backoff", retry.maxBackoff(), "retry.backoff", retry.backoff());
    positive("retry.give-up", retry.giveUp());
    return new Retry(
        retry.attempts(), retry.backoff(), retry.multiplier(), retry.maxBackoff(), retry.giveUp());
  }

  private Unavailable unavailable() {
    ChannelProperties.Unavailable unavailable = properties.unavailable();
    notNegative("unavailable.patience", unavailable.patience());
    positive("unavailable.backoff", unavailable.backoff());
    notLess(
        "unavailable.max-backoff",
        unavailable.maxBackoff(),
        "unavailable.backoff",
        unavailable.backoff());
    positive("unavailable.max-retry-after", unavailable.maxRetryAfter());
    return new Unavailable(
        after(unavailable.after()),
        unavailable.patience(),
        unavailable.backoff(),
        unavailable.maxBackoff(),
        unavailable.maxRetryAfter());
  }

  /** YAML reads a bare {@code off} as false. */
  private int after(String given) {
    String text = given.strip();
    if (text.equalsIgnoreCase("off") || text.equalsIgnoreCase("false")) {
      return 0;
    }
    int after = 0;
    try {
      after = Integer.parseInt(text);
    } catch (NumberFormatException e) {
      // Said below, with the numbers that are too small.
    }
    require(after >= 1, "unavailable.after", "must be 1 or more, or off, not " + given);
    return after;
  }

  private WhileRetrying whileRetrying() {
    WhileRetrying given = properties.whileRetrying();
    require(
        given != WhileRetrying.CONTINUE || properties.ordering() != Ordering.STRICT,
        "while-retrying",
        "continue does not go with ordering strict, where nothing overtakes; leave it out");
    return given == null ? WhileRetrying.CONTINUE : given;
  }

  private OnExhausted onExhausted() {
    OnExhausted given = properties.onExhausted();
    require(
        given != OnExhausted.BLOCK_KEY || properties.ordering() == Ordering.KEY,
        "on-exhausted",
        "block-key needs ordering key, not " + BindingFailure.written(properties.ordering()));
    if (given != null) {
      return given;
    }
    return switch (properties.ordering()) {
      case START -> OnExhausted.PARK;
      case KEY -> OnExhausted.BLOCK_KEY;
      case STRICT -> OnExhausted.HOLD;
    };
  }

  private void notLess(String property, Duration value, String otherProperty, Duration other) {
    require(
        value.compareTo(other) >= 0,
        property,
        "must not be shorter than " + prefix + otherProperty);
  }

  private void positive(String property, Duration value) {
    require(value.isPositive(), property, "must be longer than 0");
  }

  private void notNegative(String property, Duration value) {
    require(!value.isNegative(), property, "must not be negative");
  }

  private void require(boolean holds, String property, String problem) {
    if (!holds) {
      throw new InvalidSettingException(prefix + property, problem);
    }
  }
}
