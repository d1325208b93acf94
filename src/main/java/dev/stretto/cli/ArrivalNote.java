package dev.stretto.cli;

import dev.stretto.settings.ChannelSettings;
import dev.stretto.settings.Channels;
import dev.stretto.transport.ArrivalOrder;
import dev.stretto.transport.InvalidSettingException;
import dev.stretto.transport.TransportType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a proof of the order of starts says of the order of arrivals. */
final class ArrivalNote {

  private final Channels channels;
  private final List<TransportType> transports;

  ArrivalNote(Channels channels, List<TransportType> transports) {
    this.channels = channels;
    this.transports = List.copyOf(transports);
  }

  /** Whether the channel, as it is configured now, keeps the order of starts on the way. */
  private ArrivalOrder order(String channel) {
    if (!channels.isConfigured(channel)) {
      return ArrivalOrder.UNKNOWN;
    }
    try {
      ChannelSettings settings = channels.require("--channel", channel);
      return transports.stream()
          .filter(type -> type.name().equals(settings.transport()))
          .findFirst()
          .map(type -> type.arrivalOrder(settings.transportSettings()))
          .orElse(ArrivalOrder.UNKNOWN);
    } catch (InvalidSettingException e) {
      return ArrivalOrder.UNKNOWN;
    }
  }

  /** The same for people; empty where nothing needs to be said. */
  String text(String channel) {
    return switch (order(channel)) {
      case KEPT -> "";
      case NOT_KEPT ->
          ", which is not the order of arrival: over HTTP/1.1, to several hosts, in a class of your"
              + " own, or through several programs, calls overtake each other";
      case UNKNOWN ->
          ", which is the order of arrival over HTTP/2 and within a partition of Kafka's only";
    };
  }

  /** The same for programs; null where it is not known. */
  @Nullable Boolean kept(String channel) {
    return switch (order(channel)) {
      case KEPT -> true;
      case NOT_KEPT -> false;
      case UNKNOWN -> null;
    };
  }
}
