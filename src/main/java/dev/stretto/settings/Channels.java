package dev.stretto.settings;

import dev.stretto.transport.InvalidSettingException;
import dev.stretto.transport.TransportType;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.util.unit.DataSize;

/** The channels that the configuration names. */
public final class Channels {

  private final Duration lease;
  private final @Nullable Duration retention;
  private final DataSize memory;
  private final int maxChannels;
  private final @Nullable Integer metricsPort;
  private final Map<String, ChannelSettings> usable = new TreeMap<>();
  private final Map<String, InvalidSettingException> faults = new TreeMap<>();

  private Channels(ChannelProperties.Root root) {
    this.lease = root.lease();
    this.retention = root.retention();
    this.memory = root.memory();
    this.maxChannels = root.maxChannels();
    this.metricsPort = root.metrics() == null ? null : root.metrics().port();
  }

  /**
   * Reads and checks {@code stretto}. What belongs to a transport is left alone until it is bound
   * through {@link ChannelSettings#transportSettings()}, so that secrets are needed by those only
   * who send. A channel that can't be used is so for whoever asks for it, and leaves the others
   * alone.
   *
   * @param transports those that a channel may name
   * @throws InvalidSettingException naming the first property beside the channels that is unknown
   *     or can't be used
   */
  public static Channels bind(
      ConfigurableEnvironment environment, Collection<? extends TransportType> transports) {
    return bind(
        environment, transports.stream().map(TransportType::name).collect(Collectors.toSet()));
  }

  /**
   * The same.
   *
   * @param transports the names that a channel may give as its transport, each that of a subtree of
   *     settings
   */
  public static Channels bind(ConfigurableEnvironment environment, Set<String> transports) {
    StrictBinder binder = new StrictBinder(environment);
    ChannelProperties.Root root = binder.root();
    RootRules.problems(root).stream()
        .findFirst()
        .ifPresent(problem -> {
          throw problem;
        });
    Channels channels = new Channels(root);
    KnownProperties known = KnownProperties.ofChannel(transports);
    Collection<WrittenChannel> all = WrittenChannels.of(environment, known);
    for (WrittenChannel written : all) {
      try {
        channels.usable.put(written.name(), channel(written, all, binder, known));
      } catch (InvalidSettingException e) {
        channels.faults.put(written.name(), e);
      }
    }
    channels.tell(root.alert());
    return channels;
  }

  /** Finds out which channel is told of what happens to each, now that all are known. */
  private void tell(ChannelProperties.@Nullable Alert common) {
    AlertRules rules = new AlertRules(common, names(), usable());
    for (ChannelSettings channel : usable()) {
      try {
        usable.put(channel.name(), channel.telling(rules.of(channel)));
      } catch (InvalidSettingException e) {
        usable.remove(channel.name());
        faults.put(channel.name(), e);
      }
    }
  }

  /**
   * Reads one.
   *
   * @throws InvalidSettingException naming the first property that can't be used
   */
  static ChannelSettings channel(
      WrittenChannel written,
      Collection<WrittenChannel> all,
      StrictBinder binder,
      KnownProperties known) {
    InvalidSettingException fault = written.fault();
    if (fault != null) {
      throw fault;
    }
    String name = written.name();
    ChannelProperties properties = binder.channel(written, known);
    if (properties.preset() != null) {
      Preset preset = Preset.of(prefix(name) + "preset", properties.preset());
      written.below(preset.name(), preset.properties());
      properties = binder.channel(written, known).over(properties);
      preset.requireTransport(prefix(name) + "preset", properties.transport());
    }
    String transport = properties.transport();
    if (transport == null || !known.subtrees().contains(transport)) {
      throw new InvalidSettingException(
          prefix(name) + "transport",
          "must be one of "
              + String.join(", ", new TreeSet<>(known.subtrees()))
              + (transport == null
                  ? "; it is missing" + otherSpelling(name, all)
                  : ", not " + transport));
    }
    return new ChannelSettings(
        name,
        transport,
        properties,
        binder.dispatch(written, properties),
        binder.transport(written, transport));
  }

  /** Settings of a channel that is spelled in two ways would make two channels. */
  private static String otherSpelling(String name, Collection<WrittenChannel> all) {
    return all.stream()
        .map(WrittenChannel::name)
        .filter(other -> !other.equals(name) && bare(other).equals(bare(name)))
        .findFirst()
        .map(other -> "; is the channel " + other + " meant?")
        .orElse("");
  }

  private static String bare(String name) {
    return name.replaceAll("[-_]", "").toLowerCase(Locale.ROOT);
  }

  public static String prefix(String channel) {
    return WrittenChannels.ROOT + "." + channel + ".";
  }

  /** How long a run's hold on a channel lasts without being renewed: 1 second or more. */
  public Duration lease() {
    return lease;
  }

  /** How long delivered and discarded messages are kept; null for ever. */
  public @Nullable Duration retention() {
    return retention;
  }

  /** The most payload that all channels of a run hold in memory; 1 MB or more. */
  public DataSize memory() {
    return memory;
  }

  /** The most channels that a dispatch works on at once, 1 or more; the others follow in turn. */
  public int maxChannels() {
    return maxChannels;
  }

  /** Where a process that stays shows its metrics, on loopback; 0 for any port, null for none. */
  public @Nullable Integer metricsPort() {
    return metricsPort;
  }

  /**
   * The names that a pattern means, sorted.
   *
   * @param option the option that gave it, such as {@code --channel}
   * @param pattern a name, or one in which {@code *} stands for any characters, none included
   * @throws InvalidSettingException where no channel has such a name, or, for a name without a
   *     {@code *}, where a setting of the channel can't be used
   */
  public Set<String> matching(String option, String pattern) {
    return matching(option, pattern, names());
  }

  static Set<String> matching(String option, String pattern, Collection<String> names) {
    if (!NamePattern.isPattern(pattern)) {
      if (!names.contains(pattern)) {
        throw unknown(option, pattern, names);
      }
      return Set.of(pattern);
    }
    Set<String> found = NamePattern.matching(pattern, names);
    if (found.isEmpty()) {
      throw new InvalidSettingException(
          option, "no channel in the configuration has a name like " + pattern);
    }
    return found;
  }

  /** All names, sorted, those of channels that can't be used included. */
  public Collection<String> names() {
    Set<String> names = new TreeSet<>(usable.keySet());
    names.addAll(faults.keySet());
    return names;
  }

  /** Those whose settings can be used. */
  public Collection<ChannelSettings> usable() {
    return List.copyOf(usable.values());
  }

  /** What is wrong with a setting of each of the others, one line each. */
  public List<String> faults() {
    return faults.values().stream().map(fault -> String.valueOf(fault.getMessage())).toList();
  }

  /** Whether there is a channel of that name, whether or not it can be used. */
  public boolean isConfigured(String name) {
    return usable.containsKey(name) || faults.containsKey(name);
  }

  /**
   * Refuses a configuration in which any channel can't be used.
   *
   * @throws InvalidSettingException that of the first one
   */
  public void requireAll() {
    faults.values().stream()
        .findFirst()
        .ifPresent(fault -> {
          throw fault;
        });
  }

  /**
   * The channel of that name.
   *
   * @param option the option that named it, such as {@code --channel}
   * @throws InvalidSettingException where none is configured, and the message names those that are;
   *     or where a setting of it can't be used
   */
  public ChannelSettings require(String option, String name) {
    InvalidSettingException fault = faults.get(name);
    if (fault != null) {
      throw fault;
    }
    ChannelSettings channel = usable.get(name);
    if (channel == null) {
      throw unknown(option, name, names());
    }
    return channel;
  }

  private static InvalidSettingException unknown(
      String option, String name, Collection<String> names) {
    NameRule.require(option, name);
    return new InvalidSettingException(
        option,
        "there is no channel "
            + name
            + " in the configuration; "
            + (names.isEmpty()
                ? "it has none, add one below stretto.channels in config/application.yaml"
                : "it has " + String.join(", ", names)));
  }
}
