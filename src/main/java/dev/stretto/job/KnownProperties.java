package dev.stretto.job;

import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;

/**
 * The properties that a record of settings has, as people write them.
 *
 * @param depth how many elements a full name has before these
 * @param names relative names, such as {@code retry.attempts}
 * @param secret whether values must not be shown
 */
record KnownProperties(int depth, List<String> names, boolean secret) {

  private static final int SIMILAR = 3;

  /** Those of a channel, and the names of the transports' subtrees. */
  static KnownProperties ofChannel(Collection<String> transports) {
    List<String> names = new ArrayList<>(transports);
    collect(ChannelProperties.class, "", names);
    return new KnownProperties(3, names, false);
  }

  /** Those of a transport, whose values may be secret. */
  static KnownProperties ofTransport(Class<?> type) {
    List<String> names = new ArrayList<>();
    collect(type, "", names);
    return new KnownProperties(4, names, true);
  }

  private static void collect(Class<?> type, String prefix, List<String> names) {
    if (!type.isRecord()) {
      return;
    }
    for (RecordComponent component : type.getRecordComponents()) {
      String name = prefix + DataObjectPropertyName.toDashedForm(component.getName());
      names.add(name);
      collect(component.getType(), name + ".", names);
    }
  }

  /** The property that was probably meant by a full name that is none. */
  Optional<String> similarTo(ConfigurationPropertyName name) {
    List<String> elements = new ArrayList<>();
    for (int i = depth; i < name.getNumberOfElements(); i++) {
      elements.add(name.getElement(i, Form.DASHED));
    }
    String relative = String.join(".", elements);
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
