package dev.stretto.settings;

import dev.stretto.transport.InvalidSettingException;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.StandardEnvironment;

/**
 * Finds each channel's properties under the name that was written. Spring Boot's binder would take
 * {@code b b} for {@code bb}, and can't find {@code Space2} again. Environment variables, which
 * have no case and no hyphen, say something of the channels that others declare.
 */
final class WrittenChannels {

  static final String ROOT = "stretto.channels";

  private final Map<String, WrittenChannel> byName = new TreeMap<>();
  private final ConfigurableEnvironment environment;
  private final KnownProperties known;

  /** Null until a variable asks for it. */
  private @Nullable VariableNames variables;

  private WrittenChannels(ConfigurableEnvironment environment, KnownProperties known) {
    this.environment = environment;
    this.known = known;
  }

  /**
   * A property of a channel, as it was written.
   *
   * @param channel what stands up to a dot or a bracket, or all that a bracket holds
   * @param relative what follows, without a dot between; empty where nothing does
   */
  private record Property(String channel, String relative) {

    /** Null where the name is that of something else. */
    static @Nullable Property of(String name) {
      int begin = ROOT.length();
      if (name.length() <= begin || !name.regionMatches(true, 0, ROOT, 0, begin)) {
        return null;
      }
      int end;
      int next;
      switch (name.charAt(begin)) {
        case '[' -> {
          end = name.indexOf(']', begin);
          next = end + 1;
        }
        case '.' -> {
          end = endOfName(name, begin + 1);
          next = end;
        }
        default -> end = next = -1;
      }
      return end < 0
          ? null
          : new Property(
              name.substring(begin + 1, end),
              name.substring(name.startsWith(".", next) ? next + 1 : next));
    }

    private static int endOfName(String name, int begin) {
      int end = begin;
      while (end < name.length() && name.charAt(end) != '.' && name.charAt(end) != '[') {
        end++;
      }
      return end;
    }
  }

  /**
   * Reads the environment.
   *
   * @param known the properties that a channel may have, with the names of the transports
   */
  static Collection<WrittenChannel> of(ConfigurableEnvironment environment, KnownProperties known) {
    WrittenChannels written = new WrittenChannels(environment, known);
    for (var source : environment.getPropertySources()) {
      if (source instanceof EnumerablePropertySource<?> enumerable) {
        written.read(enumerable);
      }
    }
    return written.byName.values();
  }

  private VariableNames variables() {
    VariableNames names = variables;
    if (names == null) {
      names = new VariableNames(known, declared());
      variables = names;
    }
    return names;
  }

  /** The names that are given otherwise than by environment variables. */
  private Collection<String> declared() {
    Collection<String> names = new TreeSet<>();
    for (var source : environment.getPropertySources()) {
      if (source instanceof EnumerablePropertySource<?> enumerable) {
        for (String name : enumerable.getPropertyNames()) {
          Property property = Property.of(name);
          if (property != null) {
            names.add(property.channel());
          }
        }
      }
    }
    return names;
  }

  private void read(EnumerablePropertySource<?> source) {
    byName.values().forEach(channel -> channel.nextSource(source.getName()));
    boolean variablesToo =
        source.getName().equals(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME);
    for (String name : source.getPropertyNames()) {
      Property property = Property.of(name);
      if (property != null) {
        read(source, name, property.channel(), property.relative());
      } else if (variablesToo && name.toUpperCase(Locale.ROOT).startsWith(VariableNames.ROOT)) {
        readVariable(source, name);
      }
    }
  }

  private void read(
      EnumerablePropertySource<?> source, String property, String name, String relative) {
    Object value = source.getProperty(property);
    WrittenChannel channel = channel(name, source);
    if (!relative.isEmpty()) {
      channel.add(relative, value);
    } else if (value != null && !value.toString().isEmpty()) {
      channel.refuse(
          new InvalidSettingException(
              Channels.prefix(name).replaceFirst("[.]$", ""),
              "must hold the channel's settings, such as transport: http"));
    }
  }

  private void readVariable(EnumerablePropertySource<?> source, String variable) {
    for (VariableNames.Meant meant : variables().meant(variable)) {
      WrittenChannel channel = channel(meant.channel(), source);
      Object value = source.getProperty(variable);
      if (meant.problem() != null) {
        channel.refuse(new InvalidSettingException(variable, meant.problem()));
      } else if (meant.subtree() != null) {
        channel.addVariable(variable, meant.subtree(), meant.property(), value);
      } else {
        channel.add(meant.property(), value);
      }
    }
  }

  private WrittenChannel channel(String name, EnumerablePropertySource<?> source) {
    return byName.computeIfAbsent(
        name,
        added -> {
          WrittenChannel channel = new WrittenChannel(added);
          channel.nextSource(source.getName());
          if (!NameRule.allows(added)) {
            channel.refuse(NameRule.broken(ROOT + "." + added, added));
          }
          return channel;
        });
  }
}
