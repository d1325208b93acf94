package dev.stretto.cli;

import dev.stretto.dispatch.DispatchSettings.OnExhausted;
import dev.stretto.job.ChannelSettings;
import dev.stretto.job.Channels;
import dev.stretto.report.ChannelStatus;

/** How many keys wait behind a parked message: a parked message blocks its key only where the settings say so. */
final class BlockedKeys {

  private BlockedKeys() {}

  static long of(ChannelStatus status, Channels channels) {
    ChannelSettings settings = channels.find(status.channel());
    return settings != null && settings.dispatch().onExhausted() == OnExhausted.BLOCK_KEY
        ? status.keysWithParked()
        : 0;
  }
}
