package dev.stretto.database;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What one channel has ready and can be done with the others'.
 *
 * @param together does it, for all of them
 */
record Part<T>(Together<T> together, T part) implements Runnable {

  /** Does it alone. */
  @Override
  public void run() {
    together.run(List.of(part));
  }

  /** Whether all of these are parts that one statement does. */
  static boolean areOneStatement(List<Runnable> works) {
    return works.getFirst() instanceof Part<?>(Together<?> first, var _)
        && first.isOneStatement()
        && works.stream().allMatch(work -> work instanceof Part<?> part && part.together == first);
  }

  /** Does all of them, those of a kind at once. */
  static void runAll(List<Part<?>> parts) {
    Map<Together<?>, List<Part<?>>> kinds = new LinkedHashMap<>();
    for (Part<?> part : parts) {
      kinds.computeIfAbsent(part.together, kind -> new ArrayList<>()).add(part);
    }
    kinds.values().forEach(kind -> kind.getFirst().runWith(kind));
  }

  /** Those who share what does them are of its type. */
  @SuppressWarnings("unchecked")
  private void runWith(List<Part<?>> kind) {
    together.run(kind.stream().map(each -> (T) each.part).toList());
  }
}
