package dev.stretto.cli.dispatch;

import dev.stretto.dispatch.DispatchSettings.Alert;
import dev.stretto.run.OpenChannel;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which channels of a dispatch may tell which others of it something while it goes on.
 *
 * @param byTold by the channel that is told; none of them is empty
 */
record Tellers(Map<String, Set<String>> byTold) {

  /**
   * Finds them.
   *
   * @param idle those that have nothing to do, unless they are told something
   */
  static Tellers among(Iterable<OpenChannel> channels, Set<String> idle) {
    Map<String, String> tells = new HashMap<>();
    Set<String> names = new TreeSet<>();
    for (OpenChannel channel : channels) {
      names.add(channel.name());
      Alert alert = channel.settings().dispatch().alert();
      if (alert != null) {
        tells.put(channel.name(), alert.channel());
      }
    }
    Map<String, Set<String>> byTold = new HashMap<>();
    for (String name : names) {
      if (!idle.contains(name)) {
        // Who is told may have something to tell. That leads back to nobody: see AlertRules.
        String teller = name;
        String told = tells.get(teller);
        while (told != null && names.contains(told)) {
          byTold.computeIfAbsent(told, key -> new TreeSet<>()).add(teller);
          teller = told;
          told = tells.get(teller);
        }
      }
    }
    return new Tellers(byTold);
  }

  /** Those that may tell it something. */
  Set<String> of(String channel) {
    return byTold.getOrDefault(channel, Set.of());
  }
}
