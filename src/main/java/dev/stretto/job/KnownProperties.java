package dev.stretto.job;

import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;

/** The properties that a record of settings has, as people write them. */
record KnownProperties(List<String> names, boolean secret) {

  private static final int SIMILAR = 3;

  static KnownProperties of(Class<?> type, Set<String> subtrees) {
    List<String> names = new ArrayList<>(subtrees);
    collect(type, "", names);
    return new KnownProperties(names, false);
  }

  /** Those of a record whose values must not be shown. */
  static KnownProperties ofSecret(Class<?> type) {
    List<String> names = new ArrayList<>();
    collect(type, "", names);
    return new KnownProperties(names, true);
  }

  private static void collect(Class<?> type, String prefix, List<String> names) {
    if (!type.isRecord()) {
      return;
    }
    for (RecordComponent component : type.getRecordComponents()) {
      String name = prefix + DataObjectPropertyName.toDashedForm(component.getName());
      if (component.getType().isRecord()) {
        collect(component.getType(), name + ".", names);
      } else {
        names.add(name);
      }
    }
  }

  /** The property that was probably meant. */
  Optional<String> similarTo(String property) {
    return names.stream()
        .filter(name -> distance(name, property) <= Math.min(SIMILAR, property.length() / 2))
        .min(Comparator.comparingInt(name -> distance(name, property)));
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
