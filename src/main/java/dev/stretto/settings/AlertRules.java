package dev.stretto.settings;

import dev.stretto.dispatch.DispatchSettings.Alert;
import dev.stretto.transport.InvalidSettingException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * To which channel each of them has told what a person should know. What the root says holds for
 * channels that don't say, apart from those that others tell: an alert that can't be sent would be
 * told of by the next one.
 */
final class AlertRules {

  private static final String CHANNEL = "alert.channel";
  private static final String GATE_AFTER = "alert.gate-after";

  private static final Duration GATE = Duration.ofMinutes(5);
  private static final Duration SHORTEST = Duration.ofSeconds(1);
  private static final Duration LONGEST = Duration.ofDays(30);

  private final ChannelProperties.@Nullable Alert common;
  private final Collection<String> names;

  /** Which channel each names itself. */
  private final Map<String, String> own = new HashMap<>();

  private final Set<String> told = new HashSet<>();

  /**
   * Reads who tells whom.
   *
   * @param common what the root says, or null
   * @param names of all channels that are configured
   * @param usable those whose settings can be used so far
   * @throws InvalidSettingException where what the root says can't be used
   */
  AlertRules(
      ChannelProperties.@Nullable Alert common,
      Collection<String> names,
      Collection<ChannelSettings> usable) {
    this.common = common;
    this.names = names;
    for (ChannelSettings channel : usable) {
      String target = channel(channel.ownAlert());
      if (target != null && !target.isEmpty()) {
        own.put(channel.name(), target);
      }
    }
    told.addAll(own.values());
    String root = WrittenChannels.ROOT.replaceFirst("channels$", "");
    if (common != null) {
      checked(root, common.gateAfter());
      if (commonChannel() == null) {
        require(common.gateAfter() == null, root + GATE_AFTER, "needs " + root + CHANNEL);
      } else {
        requireConfigured(root + CHANNEL, commonChannel());
        told.add(commonChannel());
      }
    }
  }

  private @Nullable String commonChannel() {
    String channel = channel(common);
    return channel == null || channel.isEmpty() ? null : channel;
  }

  private static @Nullable String channel(ChannelProperties.@Nullable Alert alert) {
    String channel = alert == null ? null : alert.channel();
    return channel == null ? null : channel.strip();
  }

  /**
   * Whom a channel tells.
   *
   * @throws InvalidSettingException where what the channel says can't be used
   */
  @Nullable Alert of(ChannelSettings settings) {
    String name = settings.name();
    String prefix = Channels.prefix(name);
    ChannelProperties.Alert written = settings.ownAlert();
    Duration gateAfter = checked(prefix, written == null ? null : written.gateAfter());
    String target = target(name, written);
    if (target == null) {
      require(
          gateAfter == null,
          prefix + GATE_AFTER,
          "needs " + prefix + CHANNEL + ", the channel that is told");
      return null;
    }
    return new Alert(target, gateAfter == null ? usual() : gateAfter);
  }

  private @Nullable String target(String name, ChannelProperties.@Nullable Alert written) {
    String property = Channels.prefix(name) + CHANNEL;
    String said = channel(written);
    if (said == null) {
      return told.contains(name) ? null : commonChannel();
    }
    if (said.isEmpty()) {
      return null;
    }
    requireConfigured(property, said);
    require(!said.equals(name), property, "must be another channel, not " + name + " itself");
    List<String> way = new ArrayList<>(List.of(name));
    for (String next = said; next != null && !way.subList(1, way.size()).contains(next); ) {
      require(
          !next.equals(name),
          property,
          "leads back to the channel: "
              + String.join(" tells ", way)
              + " tells "
              + name
              + "; leave it out of one of them");
      way.add(next);
      next = own.get(next);
    }
    return said;
  }

  private Duration usual() {
    return common == null ? GATE : Objects.requireNonNullElse(common.gateAfter(), GATE);
  }

  private void requireConfigured(String property, String channel) {
    require(
        names.contains(channel),
        property,
        "there is no channel "
            + channel
            + " in the configuration; it has "
            + String.join(", ", names));
  }

  private static @Nullable Duration checked(String prefix, @Nullable Duration gateAfter) {
    require(
        gateAfter == null
            || (gateAfter.compareTo(SHORTEST) >= 0 && gateAfter.compareTo(LONGEST) <= 0),
        prefix + GATE_AFTER,
        "must be between 1s and 30d");
    return gateAfter;
  }

  private static void require(boolean holds, String property, String problem) {
    if (!holds) {
      throw new InvalidSettingException(property, problem);
    }
  }
}
