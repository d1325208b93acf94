package dev.stretto.run;

import dev.stretto.settings.ChannelSettings;
import dev.stretto.transport.Transport;

/**
 * A channel that is ready to be dispatched: its settings were found usable, and the way to its
 * destination is open. Whoever opened it closes it.
 */
public record OpenChannel(ChannelSettings settings, Transport transport) implements AutoCloseable {

  /** The channel's name. */
  public String name() {
    return settings.name();
  }

  /** Ends the connections; does not wait for calls that are still under way. */
  @Override
  public void close() {
    transport.close();
  }
}
