package dev.stretto.cli;

import dev.stretto.cli.start.CommandContext;
import dev.stretto.cli.start.KnownChannels;
import dev.stretto.cli.start.OpenApplication;
import dev.stretto.database.Vendor;
import dev.stretto.outbox.Counting;
import dev.stretto.report.ChannelStatus;
import dev.stretto.report.ChannelStatuses;
import dev.stretto.settings.Channels;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Reads what status shows, as often as it is asked. A server's database stays open in between; an
 * H2 file does not, for others would wait for it.
 */
final class StatusReader implements StatusWatch.Reader, AutoCloseable {

  private final CommandContext context;
  private final @Nullable String channel;
  private @Nullable OpenApplication opened;

  /**
   * @param channel the value of {@code --channel}, or null for all
   */
  StatusReader(CommandContext context, @Nullable String channel) {
    this.context = context;
    this.channel = channel;
  }

  @Override
  public StatusWatch.Seen read() {
    OpenApplication application = opened == null ? context.open() : opened;
    opened = null;
    boolean keep = false;
    try {
      StatusWatch.Seen seen = read(application);
      keep = Vendor.of(application.get(JdbcTemplate.class)) != Vendor.H2;
      return seen;
    } finally {
      if (keep) {
        opened = application;
      } else {
        application.close();
      }
    }
  }

  private StatusWatch.Seen read(OpenApplication application) {
    Channels channels = application.get(Channels.class);
    ChannelStatuses statuses = application.get(ChannelStatuses.class);
    Collection<String> names = KnownChannels.of(channels, statuses.known(), channel);
    // What it has to count anyway is kept, so that nobody counts it again.
    application.get(Counting.class).catchUpIfPossible(names);
    List<ChannelStatus> rows = statuses.of(names);
    return new StatusWatch.Seen(rows, channels);
  }

  @Override
  public void close() {
    if (opened != null) {
      opened.close();
      opened = null;
    }
  }
}
