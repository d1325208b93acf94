package dev.stretto.settings;

import dev.stretto.dispatch.DispatchSettings.Ordering;
import dev.stretto.transport.InvalidSettingException;
import dev.stretto.transport.TransportSettings;
import dev.stretto.transport.TransportType;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.core.env.ConfigurableEnvironment;

/**
 * Finds every mistake of a configuration, not only the first: what can't be used is noted and left
 * out, and the rest is read again.
 */
public final class SettingsCheck {

  private final List<InvalidSettingException> mistakes = new ArrayList<>();
  private final Map<String, WrittenChannel> written = new TreeMap<>();
  private final Map<String, TransportType> transports;
  private final StrictBinder binder;
  private final KnownProperties known;
  private final ChannelProperties.@Nullable Root root;

  /** Null where what is said beside the channels can't be used. */
  private final @Nullable AlertRules alerts;

  /** Reads the environment; channels only once they are asked for. */
  public SettingsCheck(
      ConfigurableEnvironment environment, Collection<? extends TransportType> transports) {
    this.transports =
        transports.stream().collect(Collectors.toMap(TransportType::name, Function.identity()));
    this.binder = new StrictBinder(environment);
    this.known = KnownProperties.ofChannel(this.transports.keySet());
    this.root = root();
    for (WrittenChannel channel : WrittenChannels.of(environment, known)) {
      written.put(channel.name(), channel);
    }
    this.alerts = alerts();
  }

  /**
   * A channel as it was read.
   *
   * @param settings null where there are mistakes
   * @param type null where there are mistakes
   * @param values what applies, by the property's name within the channel; empty where there are
   *     mistakes
   * @param mistakes by their properties' full names
   */
  public record Checked(
      String name,
      @Nullable ChannelSettings settings,
      @Nullable TransportType type,
      Map<String, String> values,
      List<InvalidSettingException> mistakes) {}

  /** What is wrong beside the channels. */
  public List<InvalidSettingException> mistakes() {
    return List.copyOf(mistakes);
  }

  /** What applies beside the channels, by the property's full name. */
  public Map<String, String> values() {
    return root == null ? Map.of() : ShownValues.below("stretto.", root);
  }

  /**
   * The channels that are meant, sorted.
   *
   * @param patterns names and patterns, as given to {@code --channel}; none for all
   * @throws InvalidSettingException where one means no channel
   */
  public Set<String> names(Collection<String> patterns) {
    Set<String> names = new LinkedHashSet<>();
    patterns.forEach(
        pattern -> names.addAll(Channels.matching("--channel", pattern, written.keySet())));
    return patterns.isEmpty() ? written.keySet() : names;
  }

  private ChannelProperties.@Nullable Root root() {
    Set<ConfigurationPropertyName> without = new HashSet<>();
    while (true) {
      try {
        ChannelProperties.Root read = binder.root(without);
        mistakes.addAll(RootRules.problems(read));
        return read;
      } catch (InvalidSettingException e) {
        mistakes.add(e);
        if (!ConfigurationPropertyName.isValid(e.property())
            || !without.add(ConfigurationPropertyName.of(e.property()))) {
          return null;
        }
      }
    }
  }

  private @Nullable AlertRules alerts() {
    List<ChannelSettings> usable = new ArrayList<>();
    for (WrittenChannel channel : written.values()) {
      try {
        usable.add(Channels.channel(channel, written.values(), binder, known));
      } catch (InvalidSettingException e) {
        // Said of the channel, once it is asked for.
      }
    }
    try {
      return root == null ? null : new AlertRules(root.alert(), written.keySet(), usable);
    } catch (InvalidSettingException e) {
      mistakes.add(e);
      return null;
    }
  }

  /** Reads one of {@link #names}. */
  public Checked channel(String name) {
    WrittenChannel channel = written.get(name);
    if (channel == null) {
      throw new IllegalArgumentException(name);
    }
    List<InvalidSettingException> found = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    String prefix = Channels.prefix(name);
    while (true) {
      try {
        ChannelSettings settings = Channels.channel(channel, written.values(), binder, known);
        TransportType type = transports.get(settings.transport());
        if (type == null) {
          throw new IllegalStateException(settings.transport());
        }
        Noted noted = new Noted(settings.transportSettings());
        type.check(noted, settings.dispatch().ordering() == Ordering.KEY);
        type.inspect(name, noted, settings.dispatch().window());
        if (alerts != null) {
          var _ = alerts.of(settings);
        }
        return found.isEmpty()
            ? new Checked(name, settings, type, ShownValues.of(settings, noted.bound), List.of())
            : new Checked(name, null, null, Map.of(), found);
      } catch (InvalidSettingException e) {
        InvalidSettingException mistake = channel.fault() == e ? e : e.below(prefix);
        found.add(mistake);
        boolean first = seen.add(mistake.property());
        if (!channel.remove(mistake.property().replace(prefix, "")) || !first) {
          return new Checked(name, null, null, Map.of(), found);
        }
      }
    }
  }

  /** Notes what a transport reads. */
  private static final class Noted implements TransportSettings {

    private final TransportSettings settings;
    private final Set<Object> bound = new LinkedHashSet<>();

    Noted(TransportSettings settings) {
      this.settings = settings;
    }

    @Override
    public <T> T bind(Class<T> type) {
      T read = settings.bind(type);
      bound.add(read);
      return read;
    }
  }
}
