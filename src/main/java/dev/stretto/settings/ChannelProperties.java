package dev.stretto.settings;

import dev.stretto.dispatch.DispatchSettings.OnExhausted;
import dev.stretto.dispatch.DispatchSettings.OnUnknown;
import dev.stretto.dispatch.DispatchSettings.Ordering;
import dev.stretto.dispatch.DispatchSettings.RetryAfter;
import dev.stretto.dispatch.DispatchSettings.WhileRetrying;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * The settings of a channel as they are written; null where a default depends on another setting.
 */
record ChannelProperties(
    @Nullable String preset,
    @Nullable String transport,
    @DefaultValue("start") Ordering ordering,
    @DefaultValue("64") int window,
    @Nullable Integer lookAhead,
    @Nullable String rate,
    @Nullable Integer burst,
    @DefaultValue("0s") Duration stagger,
    @Nullable String keyRate,
    @Nullable RetryAfter retryAfter,
    @DefaultValue Retry retry,
    @Nullable WhileRetrying whileRetrying,
    @Nullable OnExhausted onExhausted,
    @DefaultValue("resend") OnUnknown onUnknown,
    @DefaultValue Unavailable unavailable,
    @DefaultValue("30s") Duration drain,
    @Nullable Alert alert) {

  /** Everything below {@code stretto} beside the channels. */
  record Root(
      @DefaultValue("false") boolean enabled,
      @DefaultValue("15s") Duration lease,
      @Nullable Duration retention,
      @DefaultValue("32MB") DataSize memory,
      @DefaultValue("64") int maxChannels,
      @Nullable String schema,
      @Nullable Limits limits,
      @Nullable Alert alert,
      @Nullable Metrics metrics) {}

  /**
   * Where a process that stays shows what it measures.
   *
   * @param port on loopback; 0 for any that is free
   */
  record Metrics(@Nullable Integer port) {}

  /** Of the sessions in a database server; see {@code dev.stretto.database}, which reads them. */
  record Limits(@Nullable Duration idleInTransaction, @Nullable Duration lock) {}

  /**
   * Who is told of parked messages and of a gate that stays closed; of the root, for channels that
   * don't say.
   *
   * @param channel empty for nobody
   */
  record Alert(@Nullable String channel, @Nullable Duration gateAfter) {}

  record Retry(
      @DefaultValue("5") int attempts,
      @DefaultValue("200ms") Duration backoff,
      @DefaultValue("2") double multiplier,
      @DefaultValue("30s") Duration maxBackoff,
      @DefaultValue("24h") Duration giveUp) {}

  record Unavailable(
      @DefaultValue("10") String after,
      @DefaultValue("30s") Duration patience,
      @DefaultValue("500ms") Duration backoff,
      @DefaultValue("10s") Duration maxBackoff,
      @DefaultValue("24h") Duration maxRetryAfter) {}

  /**
   * The same settings, with what the channel says itself of keys where it leaves a preset's key
   * order.
   *
   * @param own what the channel says itself
   */
  ChannelProperties over(ChannelProperties own) {
    return ordering == Ordering.KEY
        ? this
        : with(ordering, window, lookAhead, rate, own.keyRate, own.retryAfter);
  }

  /**
   * The same settings with some of them replaced. What only key order knows is left out where
   * another replaces it.
   */
  ChannelProperties with(
      @Nullable Ordering newOrdering, @Nullable Integer newWindow, @Nullable String newRate) {
    boolean stays = newOrdering == null || newOrdering == Ordering.KEY;
    return with(
        newOrdering == null ? ordering : newOrdering,
        newWindow == null ? window : newWindow,
        stays ? lookAhead : null,
        newRate == null ? rate : newRate,
        stays ? keyRate : null,
        stays ? retryAfter : null);
  }

  private ChannelProperties with(
      Ordering newOrdering,
      int newWindow,
      @Nullable Integer newLookAhead,
      @Nullable String newRate,
      @Nullable String newKeyRate,
      @Nullable RetryAfter newRetryAfter) {
    return new ChannelProperties(
        preset,
        transport,
        newOrdering,
        newWindow,
        newLookAhead,
        newRate,
        burst,
        stagger,
        newKeyRate,
        newRetryAfter,
        retry,
        whileRetrying,
        onExhausted,
        onUnknown,
        unavailable,
        drain,
        alert);
  }
}
