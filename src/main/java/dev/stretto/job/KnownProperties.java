package dev.stretto.job;

import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
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

  private static final int SIMILAR = 3;

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
   * Below a map an underscore stands for a hyphen, as in {@code HEADERS_X_API_KEY}.
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
          String key = rest.substring(start.length()).toLowerCase(Locale.ROOT).replace('_', '-');
          return map + "[" + key + "]";
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
    return names.stream()
        .filter(known -> distance(known, relative) <= Math.min(SIMILAR, relative.length() / 2))
        .min(Comparator.comparingInt(known -> distance(known, relative)));
  }

  /** How many letters must be changed, added or left out to make one word of the other. */
  private static int distance(String one, String other) {
    int[] row = new int[other.length() + 1];
    for (int i = 0; i <= one.length(); i++) {
      int diagonal = i - 1;
      for (int j = 0; j <= other.length(); j++) {
        int above = row[j];
        if (i == 0) {
          row[j] = j;
        } else if (j == 0) {
          row[j] = i;
        } else {
          int change = diagonal + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
          row[j] = Math.min(change, 1 + Math.min(above, row[j - 1]));
        }
        diagonal = above;
      }
    }
    return row[other.length()];
  }
}
