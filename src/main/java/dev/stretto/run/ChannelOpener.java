package dev.stretto.run;

import dev.stretto.dispatch.DispatchSettings.Ordering;
import dev.stretto.settings.ChannelSettings;
import dev.stretto.settings.Channels;
import dev.stretto.transport.InvalidSettingException;
import dev.stretto.transport.TransportType;
import java.util.List;

/** Reads a channel's settings as a run would use them, and opens the way to its destination. */
public final class ChannelOpener {

  private final Channels channels;
  private final List<TransportType> transports;

  public ChannelOpener(Channels channels, List<TransportType> transports) {
    this.channels = channels;
    this.transports = List.copyOf(transports);
  }

  /**
   * Opens a channel; makes no connection yet.
   *
   * @throws InvalidSettingException where the channel is unknown or a setting is unusable
   */
  public OpenChannel open(String channel, RunOptions options) {
    ChannelSettings settings =
        channels
            .require("--channel", channel)
            .with(
                new ChannelSettings.Overrides(
                    options.ordering(), options.window(), options.rate()));
    TransportType type =
        transports.stream()
            .filter(candidate -> candidate.name().equals(settings.transport()))
            .findFirst()
            .orElseThrow(() -> new IllegalStateException("no transport " + settings.transport()));
    try {
      type.check(settings.transportSettings(), settings.dispatch().ordering() == Ordering.KEY);
      return new OpenChannel(
          settings, type.open(channel, settings.transportSettings(), settings.dispatch().window()));
    } catch (InvalidSettingException e) {
      throw e.below(Channels.prefix(channel));
    }
  }
}
