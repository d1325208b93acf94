package dev.stretto.cli.start;

import dev.stretto.settings.Channels;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToLongFunction;

/** Rows that no dispatch sends, since the configuration does not have their channel. */
public final class Unconfigured {

  private Unconfigured() {}

  /**
   * How many messages wait in each channel that has some and is not configured.
   *
   * @param stored the channels that the outbox knows
   * @param waiting counts the messages of one
   */
  public static Map<String, Long> waiting(
      Channels channels, Collection<String> stored, ToLongFunction<String> waiting) {
    Map<String, Long> counts = new TreeMap<>();
    for (String name : stored) {
      long count = channels.isConfigured(name) ? 0 : waiting.applyAsLong(name);
      if (count > 0) {
        counts.put(name, count);
      }
    }
    return counts;
  }

  public static String warning(String channel, long count) {
    return channel
        + ": "
        + (count == 1 ? "1 message waits" : "%,d messages wait".formatted(count))
        + " in this channel, which is not in the configuration";
  }
}
