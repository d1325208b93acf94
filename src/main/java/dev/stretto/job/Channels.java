package dev.stretto.job;

import dev.stretto.transport.InvalidSettingException;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.core.env.ConfigurableEnvironment;

/** The channels that the configuration names. */
public final class Channels {

  private static final String ROOT = "stretto.channels";
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,100}");

  private static final Duration SHORTEST_LEASE = Duration.ofSeconds(1);

  private final Duration lease;
  private final @Nullable Duration retention;
  private final Map<String, ChannelSettings> byName;

  private Channels(
      Duration lease, @Nullable Duration retention, Map<String, ChannelSettings> byName) {
    this.lease = lease;
    this.retention = retention;
    this.byName = byName;
  }

  /**
   * Reads and checks {@code stretto.channels}. What belongs to a transport is left alone until it
   * is bound through {@link ChannelSettings#transportSettings()}, so that secrets are needed by
   * those only who send.
   *
   * @param transports the names that a channel may give as its transport, each that of a subtree of
   *     settings
   * @throws InvalidSettingException naming the first property that is unknown or can't be used
   */
  public static Channels bind(ConfigurableEnvironment environment, Set<String> transports) {
    StrictBinder binder = new StrictBinder(environment);
    ChannelProperties.Root written = binder.root(transports);
    if (written.lease().compareTo(SHORTEST_LEASE) < 0) {
      throw new InvalidSettingException("stretto.lease", "must be 1s or more");
    }
    Duration retention = written.retention();
    if (retention != null && !retention.isPositive()) {
      throw new InvalidSettingException("stretto.retention", "must be longer than 0");
    }
    Map<String, ChannelSettings> byName = new TreeMap<>();
    written
        .channels()
        .forEach(
            (name, properties) -> byName.put(name, channel(name, properties, binder, transports)));
    return new Channels(written.lease(), retention, byName);
  }

  private static ChannelSettings channel(
      String name, ChannelProperties properties, StrictBinder binder, Set<String> transports) {
    if (!NAME.matcher(name).matches()) {
      throw new InvalidSettingException(
          ROOT + "." + name, "a channel's name has 1 to 100 letters, digits, dots, _ and -");
    }
    String transport = properties.transport();
    if (transport == null || !transports.contains(transport)) {
      throw new InvalidSettingException(
          prefix(name) + "transport",
          "must be one of "
              + String.join(", ", new TreeSet<>(transports))
              + (transport == null ? "; it is missing" : ", not " + transport));
    }
    return new ChannelSettings(
        name,
        transport,
        properties,
        DispatchRules.settings(prefix(name), properties),
        binder.transport(name, transport));
  }

  static String prefix(String channel) {
    return ROOT + (channel.contains(".") ? "[" + channel + "]." : "." + channel + ".");
  }

  /** How long a run's hold on a channel lasts without being renewed: 1 second or more. */
  public Duration lease() {
    return lease;
  }

  /** How long delivered and discarded messages are kept; null for ever. */
  public @Nullable Duration retention() {
    return retention;
  }

  /** All names, sorted. */
  public Collection<String> names() {
    return byName.keySet();
  }

  /** The channel of that name, or null where none is configured. */
  public @Nullable ChannelSettings find(String name) {
    return byName.get(name);
  }

  /**
   * The channel of that name.
   *
   * @param option the option that named it, such as {@code --channel}
   * @throws InvalidSettingException where none is configured; the message names those that are
   */
  public ChannelSettings require(String option, String name) {
    ChannelSettings channel = byName.get(name);
    if (channel == null) {
      throw new InvalidSettingException(
          option,
          "there is no channel "
              + name
              + " in the configuration; "
              + (byName.isEmpty()
                  ? "it has none, add one below stretto.channels in config/application.yaml"
                  : "it has " + String.join(", ", byName.keySet())));
    }
    return channel;
  }
}
