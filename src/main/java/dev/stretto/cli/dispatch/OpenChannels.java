package dev.stretto.cli.dispatch;

import dev.stretto.batch.RunLauncher;
import dev.stretto.run.ChannelOpener;
import dev.stretto.run.OpenChannel;
import dev.stretto.run.RunOptions;
import dev.stretto.transport.InvalidSettingException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The channels of one dispatch command that can be dispatched, and why others can't. */
final class OpenChannels implements Iterable<OpenChannel>, AutoCloseable {

  private final List<OpenChannel> open = new ArrayList<>();
  private final Map<String, InvalidSettingException> faults = new LinkedHashMap<>();

  private OpenChannels() {}

  /**
   * Opens every channel that can be opened.
   *
   * @throws InvalidSettingException where an option can't be used, which is no channel's fault
   */
  static OpenChannels open(ChannelOpener opener, Collection<String> names, RunOptions options) {
    OpenChannels channels = new OpenChannels();
    boolean all = false;
    try {
      names.forEach(name -> channels.add(opener, name, options));
      all = true;
      return channels;
    } finally {
      if (!all) {
        channels.close();
      }
    }
  }

  private void add(ChannelOpener opener, String name, RunOptions options) {
    try {
      open.add(opener.open(name, options));
    } catch (InvalidSettingException e) {
      if (e.property().startsWith("--")) {
        throw e;
      }
      faults.put(name, e);
    }
  }

  /** Why the others can't be dispatched, by channel. */
  Map<String, InvalidSettingException> faults() {
    return faults;
  }

  int count() {
    return open.size();
  }

  /** How many messages wait in all of them together. */
  long waiting(RunLauncher launcher) {
    return open.stream().mapToLong(channel -> launcher.waiting(channel.name())).sum();
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
