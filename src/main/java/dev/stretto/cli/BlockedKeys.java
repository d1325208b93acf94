package dev.stretto.cli;

import dev.stretto.job.ChannelSettings;
import dev.stretto.job.Channels;
import dev.stretto.report.ChannelStatus;

/**
 * How many keys wait behind a parked message: a parked message blocks its key only where the
 * settings say so.
 */
final class BlockedKeys {

  private BlockedKeys() {}

  static long of(ChannelStatus status, Channels channels) {
    ChannelSettings settings = channels.find(status.channel());
    return settings != null && settings.blocksKeys() ? status.keysWithParked() : 0;
  }
}
