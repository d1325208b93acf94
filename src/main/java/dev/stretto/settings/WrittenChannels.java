package dev.stretto.settings;

import dev.stretto.transport.InvalidSettingException;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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

  /** The name ends at a dot or a bracket, or is all that a bracket holds. */
  private static final Pattern PROPERTY =
      Pattern.compile(
          "stretto\\.channels(?:\\[([^\\]]*)\\]|\\.([^.\\[]*))[.]?(.*)",
          Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

  private final Map<String, WrittenChannel> byName = new TreeMap<>();
  private final VariableNames variables;

  private WrittenChannels(VariableNames variables) {
    this.variables = variables;
  }

  /**
   * Reads the environment.
   *
   * @param known the properties that a channel may have, with the names of the transports
   */
  static Collection<WrittenChannel> of(ConfigurableEnvironment environment, KnownProperties known) {
    WrittenChannels written = new WrittenChannels(new VariableNames(known, declared(environment)));
    for (var source : environment.getPropertySources()) {
      if (source instanceof EnumerablePropertySource<?> enumerable) {
        written.read(enumerable);
      }
    }
    return written.byName.values();
  }

  /** The names that are given otherwise than by environment variables. */
  private static Collection<String> declared(ConfigurableEnvironment environment) {
    Collection<String> names = new TreeSet<>();
    for (var source : environment.getPropertySources()) {
      if (source instanceof EnumerablePropertySource<?> enumerable) {
        for (String property : enumerable.getPropertyNames()) {
          Matcher matcher = PROPERTY.matcher(property);
          if (matcher.matches()) {
            names.add(name(matcher));
          }
        }
      }
    }
    return names;
  }

  private static String name(Matcher property) {
    return property.group(1) == null ? property.group(2) : property.group(1);
  }

  private void read(EnumerablePropertySource<?> source) {
    byName.values().forEach(channel -> channel.nextSource(source.getName()));
    boolean variablesToo =
        source.getName().equals(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME);
    for (String property : source.getPropertyNames()) {
      Matcher matcher = PROPERTY.matcher(property);
      if (matcher.matches()) {
        read(source, property, name(matcher), matcher.group(3));
      } else if (variablesToo && property.toUpperCase(Locale.ROOT).startsWith(VariableNames.ROOT)) {
        readVariable(source, property);
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
    for (VariableNames.Meant meant : variables.meant(variable)) {
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
