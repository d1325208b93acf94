package dev.stretto.job;

import dev.stretto.lease.ChannelHeldException;
import dev.stretto.lease.Lease;
import dev.stretto.lease.Leases;
import dev.stretto.outbox.OutboxMessages;
import dev.stretto.transport.InvalidSettingException;
import dev.stretto.transport.Transport;
import dev.stretto.transport.TransportType;
import java.sql.SQLException;
import java.util.List;
import java.util.function.Consumer;

/** Prepares executions: reads a channel's settings, opens its transport, takes its lease. */
public final class Launches {

  private final Channels channels;
  private final List<TransportType> transports;
  private final Leases leases;
  private final OutboxMessages messages;

  public Launches(
      Channels channels, List<TransportType> transports, Leases leases, OutboxMessages messages) {
    this.channels = channels;
    this.transports = List.copyOf(transports);
    this.leases = leases;
    this.messages = messages;
  }

  /**
   * Reads the settings of a channel as a run would use them, without taking anything.
   *
   * @throws InvalidSettingException where the channel is unknown or a setting is unusable
   */
  public ChannelSettings check(String channel, DispatchOptions options) {
    ChannelSettings settings = settings(channel, options);
    open(settings).close();
    return settings;
  }

  /**
   * Prepares an execution; the caller closes what is returned. Blocks for a lease's time at the
   * most.
   *
   * @throws InvalidSettingException where the channel is unknown or a setting is unusable
   * @throws ChannelHeldException where another run holds the channel
   * @throws SQLException where the database fails
   */
  Launch prepare(String channel, DispatchOptions options, Consumer<ChannelRun> running)
      throws ChannelHeldException, SQLException {
    ChannelSettings settings = settings(channel, options);
    Transport transport = open(settings);
    boolean prepared = false;
    try {
      Lease lease = leases.acquire(channel);
      prepared = true;
      return new Launch(leases, lease, settings, transport, running);
    } finally {
      if (!prepared) {
        transport.close();
      }
    }
  }

  /** How many messages of a channel wait to be sent; reads as many index entries. */
  public long waiting(String channel) {
    return messages.pending(channel);
  }

  /** Notes under which job execution a lease is used. */
  void noteRun(Launch launch, long run) throws SQLException {
    leases.noteRun(launch.lease(), run);
  }

  private ChannelSettings settings(String channel, DispatchOptions options) {
    return channels
        .require("--channel", channel)
        .with(new ChannelSettings.Overrides(options.ordering(), options.window(), options.rate()));
  }

  private Transport open(ChannelSettings settings) {
    return transports.stream()
        .filter(type -> type.name().equals(settings.transport()))
        .findFirst()
        .orElseThrow(() ->
            new InvalidSettingException(
                "stretto.channels." + settings.name() + ".transport",
                "there is no transport " + settings.transport()))
        .open(settings.name(), settings.transportSettings(), settings.dispatch().window());
  }
}
