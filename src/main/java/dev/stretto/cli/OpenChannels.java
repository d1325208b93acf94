package dev.stretto.cli;

import dev.stretto.job.DispatchOptions;
import dev.stretto.job.Launches;
import dev.stretto.job.OpenChannel;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;

/** The channels of one dispatch command, all found usable before any of them is dispatched. */
final class OpenChannels implements Iterable<OpenChannel>, AutoCloseable {

  private final List<OpenChannel> open = new ArrayList<>();

  private OpenChannels() {}

  /**
   * Opens every channel, or none.
   *
   * @throws dev.stretto.transport.InvalidSettingException where one of them can't be used
   */
  static OpenChannels open(Launches launches, Collection<String> names, DispatchOptions options) {
    OpenChannels channels = new OpenChannels();
    boolean all = false;
    try {
      names.forEach(name -> channels.open.add(launches.open(name, options)));
      all = true;
      return channels;
    } finally {
      if (!all) {
        channels.close();
      }
    }
  }

  int count() {
    return open.size();
  }

  /** How many messages wait in all of them together. */
  long waiting(Launches launches) {
    return open.stream().mapToLong(channel -> launches.waiting(channel.name())).sum();
  }

  @Override
  public Iterator<OpenChannel> iterator() {
    return List.copyOf(open).iterator();
  }

  @Override
  public void close() {
    open.forEach(OpenChannel::close);
  }
}
