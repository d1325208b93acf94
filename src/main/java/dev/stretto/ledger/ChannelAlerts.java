package dev.stretto.ledger;

import dev.stretto.alert.Alert;
import dev.stretto.alert.Alert.Parked;
import dev.stretto.alert.Alert.ParkedMessage;
import dev.stretto.dispatch.DispatchSettings;
import dev.stretto.lease.Lease;
import dev.stretto.message.Message;
import dev.stretto.message.Settlement;
import dev.stretto.message.Status;
import dev.stretto.outbox.ChannelGates.Standing;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells another channel, where one is named for that, what a person should know of this one: in the
 * transaction that makes it so, so that it is told once and never for nothing.
 */
final class ChannelAlerts {

  private static final Logger LOG = LoggerFactory.getLogger(ChannelAlerts.class);

  /** When to try again to tell what could not be stored. */
  private static final Duration AGAIN = Duration.ofMinutes(1);

  private final Tables tables;
  private final Lease lease;
  private final DispatchSettings.@Nullable Alert settings;

  ChannelAlerts(Tables tables, Lease lease, DispatchSettings settings) {
    this.tables = tables;
    this.lease = lease;
    this.settings = settings.alert();
  }

  /** Tells of those that are parked, in the transaction that parks them. */
  void settled(List<Settlement> settlements) {
    if (settings == null) {
      return;
    }
    List<Settlement> parked =
        settlements.stream().filter(one -> one.status() == Status.PARKED).toList();
    if (!parked.isEmpty()) {
      List<ParkedMessage> first =
          parked.stream()
              .sorted((one, other) ->
                  Long.compare(one.message().position(), other.message().position()))
              .limit(Parked.MOST)
              .map(one -> named(one.message(), one.attempts(), one.lastError()))
              .toList();
      append(settings, new Parked(lease.channel(), parked.size(), first));
    }
  }

  /**
   * Tells of rows that are parked while nothing is under way, in the transaction that parks them.
   *
   * @param ids of the first of them, in the order of their positions
   * @param reason why each is
   */
  void parked(int count, List<Long> ids, Function<Message, @Nullable String> reason) {
    if (settings != null && count > 0) {
      List<ParkedMessage> first =
          tables.messages().byIds(ids.subList(0, Math.min(Parked.MOST, ids.size()))).stream()
              .map(message -> named(message, message.attempts(), reason.apply(message)))
              .toList();
      append(settings, new Parked(lease.channel(), count, first));
    }
  }

  private static ParkedMessage named(Message message, int attempts, @Nullable String reason) {
    return new ParkedMessage(
        message.messageId(), message.orderingKey(), message.position(), attempts, reason);
  }

  /**
   * Tells that nothing is delivered, where that has lasted long enough and nobody was told. In a
   * transaction of its own; where that fails, it is tried again later.
   *
   * @return how long until it is time for that, in nanoseconds; {@code Long.MAX_VALUE} where there
   *     is nothing to tell
   */
  long standing(Instant now) {
    if (settings == null) {
      return Long.MAX_VALUE;
    }
    try {
      Standing standing = tables.gates().untold(lease.channel());
      if (standing == null) {
        return Long.MAX_VALUE;
      }
      Duration left = Duration.between(now, standing.since().plus(settings.gateAfter()));
      if (left.isPositive()) {
        return left.toNanos();
      }
      tables.transaction().executeWithoutResult(status -> tell(settings, standing, now));
      return Long.MAX_VALUE;
    } catch (RuntimeException e) {
      LOG.warn("channel {}: its alert could not be stored: {}", lease.channel(), e.getMessage());
      return AGAIN.toNanos();
    }
  }

  private void tell(DispatchSettings.Alert settings, Standing standing, Instant now) {
    if (tables.gates().tellClosed(lease.channel(), lease.fence(), now)) {
      append(
          settings,
          new Alert.GateClosed(
              lease.channel(),
              standing.since(),
              standing.closedUntil(),
              standing.calls(),
              standing.reason()));
    }
  }

  /** Tells that messages are delivered again, in the transaction that says so. */
  void open() {
    boolean told = tables.gates().tellOpen(lease.channel());
    if (told && settings != null) {
      append(settings, new Alert.GateOpen(lease.channel()));
    }
  }

  private void append(DispatchSettings.Alert settings, Alert alert) {
    tables.alerts().append(settings.channel(), alert);
  }
}
