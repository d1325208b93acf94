package dev.stretto.settings;

import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;

/**
 * The properties that a record of settings has, as people write them.
 *
 * @param depth how many elements a full name has before these
 * @param names relative names, such as {@code retry.attempts}
 * @param maps those of the names below which any key may stand, such as {@code headers}
 * @param subtrees those of the names whose properties only their owner knows
 * @param secret whether values must not be shown
 */
record KnownProperties(
    int depth, List<String> names, List<String> maps, List<String> subtrees, boolean secret) {

  /** Below it stand names of variables themselves, which have underscores and no hyphens. */
  private static final String VARIABLES = "environment";

  /** Those beside the channels. */
  static KnownProperties ofRoot() {
    return of(ChannelProperties.Root.class, 1, List.of(), false);
  }

  /** Those of a channel, and the names of the transports' subtrees. */
  static KnownProperties ofChannel(Collection<String> transports) {
    return of(ChannelProperties.class, 1, transports, false);
  }

  /** Those of a transport, whose values may be secret. */
  static KnownProperties ofTransport(Class<?> type) {
    return of(type, 2, List.of(), true);
  }

  private static KnownProperties of(
      Class<?> type, int depth, Collection<String> subtrees, boolean secret) {
    List<String> names = new ArrayList<>(subtrees);
    List<String> maps = new ArrayList<>();
    collect(type, "", names, maps);
    return new KnownProperties(depth, names, maps, List.copyOf(subtrees), secret);
  }

  private static void collect(Class<?> type, String prefix, List<String> names, List<String> maps) {
    if (!type.isRecord()) {
      return;
    }
    for (RecordComponent component : type.getRecordComponents()) {
      String name = prefix + DataObjectPropertyName.toDashedForm(component.getName());
      names.add(name);
      if (Map.class.isAssignableFrom(component.getType())) {
        maps.add(name);
      }
      collect(component.getType(), name + ".", names, maps);
    }
  }

  /**
   * The property that the rest of an environment variable's name means; null where it means none.
   * Below a map an underscore stands for a hyphen, as in {@code HEADERS_X_API_KEY}, but for the
   * names of variables, as in {@code ENVIRONMENT_API_KEY}.
   *
   * @param rest in upper case, such as {@code RETRY_MAXBACKOFF}
   */
  @Nullable String inVariable(String rest) {
    String bare = bare(rest);
    for (String name : names) {
      if (bare(name).equals(bare)) {
        return name;
      }
    }
    for (String map : maps) {
      for (String spelling : List.of(bare(map), map.replaceAll("[-.]", "_"))) {
        String start = spelling.toUpperCase(Locale.ROOT) + "_";
        if (rest.startsWith(start) && rest.length() > start.length()) {
          String key = rest.substring(start.length());
          boolean name = map.equals(VARIABLES);
          return map + "[" + (name ? key : key.toLowerCase(Locale.ROOT).replace('_', '-')) + "]";
        }
      }
    }
    return null;
  }

  /** The subtree that the rest of an environment variable's name is in, or null. */
  @Nullable String subtreeInVariable(String rest) {
    return subtrees.stream()
        .filter(subtree -> rest.startsWith(subtree.toUpperCase(Locale.ROOT) + "_"))
        .findFirst()
        .orElse(null);
  }

  private static String bare(String name) {
    return name.replaceAll("[-_.]", "").toLowerCase(Locale.ROOT);
  }

  /** The property that was probably meant by a full name that is none. */
  Optional<String> similarTo(ConfigurationPropertyName name) {
    List<String> elements = new ArrayList<>();
    for (int i = depth; i < name.getNumberOfElements(); i++) {
      elements.add(name.getElement(i, Form.DASHED));
    }
    return similarTo(String.join(".", elements));
  }

  /** The property that was probably meant by a relative name that is none. */
  Optional<String> similarTo(String relative) {
    return Spelling.nearest(names, relative);
  }
}
