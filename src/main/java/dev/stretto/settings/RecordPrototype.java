package dev.stretto.settings;

import java.lang.reflect.Constructor;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.BeanInstantiationException;
import org.springframework.beans.BeanUtils;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.util.ReflectionUtils;

/**
 * A record that was bound, from which those are made that have other texts and are the same
 * otherwise. Of a thousand channels with urls of their own only one has to be bound: Spring Boot's
 * binder would take a fifth of an idle dispatch for the others. Thread-safe.
 */
final class RecordPrototype {

  /** The properties of a record that are texts, by their names. */
  private static final ClassValue<List<String>> TEXTS =
      new ClassValue<>() {
        @Override
        protected List<String> computeValue(Class<?> type) {
          return Arrays.stream(type.getRecordComponents())
              .filter(component -> component.getType() == String.class)
              .map(RecordPrototype::property)
              .toList();
        }
      };

  private final Object first;
  private final Map<String, String> texts;
  private final boolean reusable;

  /** As long as nobody needs them, they are not looked for. */
  private @Nullable Parts parts;

  /** How another is made: by the canonical constructor, of these values but for the texts. */
  private record Parts(Constructor<?> constructor, List<String> names, List<Object> values) {

    static Parts of(Object made) {
      RecordComponent[] components = made.getClass().getRecordComponents();
      try {
        Constructor<?> constructor =
            made.getClass()
                .getDeclaredConstructor(
                    Arrays.stream(components)
                        .map(RecordComponent::getType)
                        .toArray(Class<?>[]::new));
        Object[] values = new Object[components.length];
        for (int i = 0; i < values.length; i++) {
          ReflectionUtils.makeAccessible(components[i].getAccessor());
          values[i] = components[i].getAccessor().invoke(made);
        }
        return new Parts(
            constructor,
            Arrays.stream(components).map(RecordPrototype::property).toList(),
            Arrays.asList(values));
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException(e);
      }
    }

    Object with(Map<String, String> texts) {
      Object[] changed = values.toArray();
      texts.forEach((name, text) -> changed[names.indexOf(name)] = text);
      return BeanUtils.instantiateClass(constructor, changed);
    }
  }

  /**
   * A prototype that was used once.
   *
   * @param first what was bound, a record
   * @param texts its own, each by its property's name, as taken by {@link #take}
   * @param rest what else was written, under names that begin with the prefix
   */
  RecordPrototype(
      Object first, String prefix, Map<String, String> texts, List<Map<String, Object>> rest) {
    this.first = first;
    this.texts = texts;
    this.reusable =
        rest.stream()
            .flatMap(words -> words.keySet().stream())
            .map(WrittenChannel::bare)
            .noneMatch(written -> says(written, prefix, texts));
  }

  /**
   * A text that is written once more, in another spelling, is one that the binder has to choose.
   */
  private static boolean says(String written, String prefix, Map<String, String> texts) {
    return texts.keySet().stream()
        .map(name -> WrittenChannel.bare(prefix + name))
        .anyMatch(bare -> written.equals(bare) || written.startsWith(bare + "."));
  }

  /**
   * Takes out of what was written the values of properties that are texts, where the binder would
   * give just these: written once, without a placeholder.
   *
   * @param type a record
   * @param prefix what the properties' names begin with, with its dot
   * @param written what each source says, to be changed
   */
  static Map<String, String> take(Class<?> type, String prefix, List<Map<String, Object>> written) {
    Map<String, String> taken = new LinkedHashMap<>();
    for (String name : TEXTS.get(type)) {
      Map<String, Object> only = onlyOneWith(prefix + name, written);
      if (only != null && only.get(prefix + name) instanceof String text && !text.contains("${")) {
        only.remove(prefix + name);
        taken.put(name, text);
      }
    }
    return taken;
  }

  private static @Nullable Map<String, Object> onlyOneWith(
      String property, List<Map<String, Object>> written) {
    Map<String, Object> only = null;
    for (Map<String, Object> words : written) {
      if (words.containsKey(property)) {
        if (only != null) {
          return null;
        }
        only = words;
      }
    }
    return only;
  }

  private static String property(RecordComponent component) {
    return DataObjectPropertyName.toDashedForm(component.getName());
  }

  /**
   * One with other texts.
   *
   * @param others of the same properties
   * @return null where only the binder can tell what it is, or why there can't be such a one
   */
  @Nullable Object with(Map<String, String> others) {
    if (others.equals(texts)) {
      return first;
    }
    try {
      return reusable ? parts().with(others) : null;
    } catch (BeanInstantiationException e) {
      return null;
    }
  }

  private synchronized Parts parts() {
    Parts known = parts;
    if (known == null) {
      known = Parts.of(first);
      parts = known;
    }
    return known;
  }
}
