package dev.stretto.job;

import dev.stretto.lease.ChannelHeldException;
import dev.stretto.lease.Leases;
import dev.stretto.ledger.Ledgers;
import dev.stretto.transport.InvalidSettingException;
import dev.stretto.transport.TransportType;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Prepares executions: reads a channel's settings, opens its transport, takes its lease. */
public final class Launches {

  private final Channels channels;
  private final List<TransportType> transports;
  private final Leases leases;
  private final Ledgers ledgers;

  public Launches(
      Channels channels, List<TransportType> transports, Leases leases, Ledgers ledgers) {
    this.channels = channels;
    this.transports = List.copyOf(transports);
    this.leases = leases;
    this.ledgers = ledgers;
  }

  /**
   * Reads a channel's settings as a run would use them, and opens its transport; makes no
   * connection yet.
   *
   * @throws InvalidSettingException where the channel is unknown or a setting is unusable
   */
  public OpenChannel open(String channel, DispatchOptions options) {
    return open(channels, transports, channel, options);
  }

  static OpenChannel open(
      Channels channels, List<TransportType> transports, String channel, DispatchOptions options) {
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
      return new OpenChannel(
          settings, type.open(channel, settings.transportSettings(), settings.dispatch().window()));
    } catch (InvalidSettingException e) {
      throw e.below(Channels.prefix(channel));
    }
  }

  /**
   * Prepares an execution; the caller closes what is returned. Blocks for a lease's time at the
   * most.
   *
   * @param running is told of the run as soon as there is one
   * @throws ChannelHeldException where another run holds the channel
   * @throws SQLException where the database fails
   */
  Launch prepare(OpenChannel channel, Consumer<ChannelRun> running)
      throws ChannelHeldException, SQLException {
    return new Launch(leases, leases.acquire(channel.name()), channel, running);
  }

  /** How long delivered and discarded messages are kept; null for ever. */
  @Nullable Duration retention() {
    return channels.retention();
  }

  /** How many messages of a channel wait to be sent; reads as many index entries. */
  public long waiting(String channel) {
    return ledgers.unsettled(channel);
  }

  /** Notes under which job execution a lease is used. */
  void noteRun(Launch launch, long run) throws SQLException {
    leases.noteRun(launch.lease(), run);
  }
}
