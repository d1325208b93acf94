package dev.stretto.settings;

import dev.stretto.transport.InvalidSettingException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.PropertySource;

/**
 * What the sources of the configuration say of one channel, from the one that wins on; under names
 * that begin with {@link #PREFIX} instead of the channel's own.
 */
final class WrittenChannel {

  /** Stands for {@code stretto.channels.<name>}, whose last part Spring Boot would rewrite. */
  static final String PREFIX = "channel";

  private static final Pattern ITEM_OF_A_LIST =
      Pattern.compile("(?<list>.*?)\\[\\d+].*", Pattern.DOTALL);

  private final String name;
  private final List<MapPropertySource> sources = new ArrayList<>();
  private final List<Variable> variables = new ArrayList<>();
  private @Nullable InvalidSettingException fault;

  /** An environment variable that only its transport understands. */
  private record Variable(
      int source, String name, String transport, String rest, @Nullable Object value) {}

  WrittenChannel(String name) {
    this.name = name;
  }

  /** As it was written. */
  String name() {
    return name;
  }

  /** Makes room for what the next source says. */
  void nextSource(String source) {
    sources.add(new MapPropertySource(source, new LinkedHashMap<>()));
  }

  /** Says what holds where no other source says anything. */
  void below(String source, Map<String, Object> properties) {
    nextSource(source);
    properties.forEach(this::add);
  }

  /**
   * Notes a property of the source under way; the first time it is given counts.
   *
   * @param property relative to the channel, such as {@code http.url} or {@code http[url]}
   */
  void add(String property, @Nullable Object value) {
    Map<String, Object> properties = sources.getLast().getSource();
    if (value != null) {
      properties.putIfAbsent(PREFIX + (property.startsWith("[") ? "" : ".") + property, value);
    }
  }

  /**
   * Notes an environment variable of the source under way.
   *
   * @param rest what follows the transport's name, in upper case
   */
  void addVariable(String name, String transport, String rest, @Nullable Object value) {
    variables.add(new Variable(sources.size() - 1, name, transport, rest, value));
  }

  /** Has the channel refused, whatever else is said of it. */
  void refuse(InvalidSettingException why) {
    fault = fault == null ? why : fault;
  }

  /** Why the channel can't be used, where that was seen before its properties were read. */
  @Nullable InvalidSettingException fault() {
    return fault;
  }

  /** Without what variables say of transports. */
  Iterable<ConfigurationPropertySource> sources() {
    return ConfigurationPropertySources.from(
        sources.stream()
            .filter(WrittenChannel::saysSomething)
            .<PropertySource<?>>map(source -> source)
            .toList());
  }

  /**
   * With what variables say of a transport. Of a list only the first source that has items counts:
   * Spring Boot binds no others, but takes what is within them for names that nobody reads.
   *
   * @throws InvalidSettingException naming a variable that means none of its properties
   */
  Iterable<ConfigurationPropertySource> sources(String transport, KnownProperties known) {
    return ConfigurationPropertySources.from(
        withVariables(transport, known).stream().<PropertySource<?>>map(source -> source).toList());
  }

  /** All that the sources say, with what variables say of a transport; a copy. */
  List<Map<String, Object>> words(String transport, KnownProperties known) {
    return withVariables(transport, known).stream().map(MapPropertySource::getSource).toList();
  }

  private List<MapPropertySource> withVariables(String transport, KnownProperties known) {
    List<MapPropertySource> all = new ArrayList<>();
    Set<String> lists = new HashSet<>();
    for (int i = 0; i < sources.size(); i++) {
      if (!saysSomething(sources.get(i)) && variables.isEmpty()) {
        continue;
      }
      Map<String, Object> properties = new LinkedHashMap<>(sources.get(i).getSource());
      for (Variable variable : variables) {
        if (variable.source() == i && variable.transport().equals(transport)) {
          String property = property(variable, known);
          if (variable.value() != null) {
            properties.putIfAbsent(PREFIX + "." + transport + "." + property, variable.value());
          }
        }
      }
      properties.keySet().removeIf(property -> lists.contains(list(property)));
      properties.keySet().stream()
          .map(WrittenChannel::list)
          .filter(Objects::nonNull)
          .forEach(lists::add);
      if (!properties.isEmpty()) {
        all.add(new MapPropertySource(sources.get(i).getName(), properties));
      }
    }
    return all;
  }

  /** What the sources say beside some subtrees, whose names are written in lower case. */
  List<Map<String, Object>> without(Collection<String> subtrees) {
    List<String> starts = subtrees.stream().map(subtree -> PREFIX + "." + subtree).toList();
    List<Map<String, Object>> rest = new ArrayList<>();
    for (MapPropertySource source : sources) {
      if (saysSomething(source)) {
        Map<String, Object> properties = new HashMap<>(source.getSource());
        properties.keySet().removeIf(name -> isBelow(name, starts));
        rest.add(properties);
      }
    }
    return rest;
  }

  private static boolean isBelow(String name, List<String> starts) {
    for (String start : starts) {
      if (name.startsWith(start)
          && (name.startsWith(".", start.length()) || name.startsWith("[", start.length()))) {
        return true;
      }
    }
    return false;
  }

  /**
   * Takes a property, and what is below it, out of every source, under whatever spelling.
   *
   * @param property relative to the channel, or the name of an environment variable
   * @return whether any said something of it
   */
  boolean remove(String property) {
    String bare = bare(property);
    boolean removed = variables.removeIf(variable -> variable.name().equals(property));
    for (MapPropertySource source : sources) {
      removed |=
          source
              .getSource()
              .keySet()
              .removeIf(name -> {
                String written = bare(name.substring(PREFIX.length()));
                return written.equals(bare) || written.startsWith(bare + ".");
              });
    }
    return removed;
  }

  /** Without what spellings differ in. */
  static String bare(String property) {
    return property
        .replace("[", ".")
        .replaceAll("[-_\\]]", "")
        .replaceFirst("^[.]", "")
        .toLowerCase(Locale.ROOT);
  }

  /** The list that a property is about an item of, whatever its spelling; null where none. */
  private static @Nullable String list(String property) {
    if (property.indexOf('[') < 0) {
      return null;
    }
    Matcher item = ITEM_OF_A_LIST.matcher(property);
    return item.matches()
        ? item.group("list").replaceAll("[-_]", "").toLowerCase(Locale.ROOT)
        : null;
  }

  private static boolean saysSomething(MapPropertySource source) {
    return !source.getSource().isEmpty();
  }

  private String property(Variable variable, KnownProperties known) {
    String property = known.inVariable(variable.rest());
    if (property == null) {
      throw new InvalidSettingException(
          variable.name(), "there is no such property of " + variable.transport());
    }
    return property;
  }
}
