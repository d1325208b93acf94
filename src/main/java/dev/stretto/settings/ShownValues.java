package dev.stretto.settings;

import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.context.properties.bind.Name;
import org.springframework.util.unit.DataSize;

/**
 * The values that apply, as people write them. Of a transport's, which may be secret, no text is
 * shown, only times, numbers, and what is one of a few words.
 */
final class ShownValues {

  private static final String NONE = "-";
  private static final String MASKED = "***";

  private final boolean secret;
  private final Map<String, String> values = new LinkedHashMap<>();

  private ShownValues(boolean secret) {
    this.secret = secret;
  }

  /** Those of a record without secrets. */
  static Map<String, String> below(String prefix, Object settings) {
    ShownValues shown = new ShownValues(false);
    shown.add(prefix, settings);
    return shown.values;
  }

  /**
   * Those of a channel.
   *
   * @param bound the records that its transport has read
   */
  static Map<String, String> of(ChannelSettings channel, Collection<Object> bound) {
    Map<String, String> all = below("", channel.properties());
    var dispatch = channel.dispatch();
    all.replace("look-ahead", Integer.toString(dispatch.lookAhead()));
    all.replace("retry-after", BindingFailure.written(dispatch.keys().retryAfter()));
    all.replace("while-retrying", BindingFailure.written(dispatch.whileRetrying()));
    all.replace("on-exhausted", BindingFailure.written(dispatch.onExhausted()));
    var rate = dispatch.rate();
    if (rate != null) {
      all.replace("burst", Integer.toString(rate.burst()));
    }
    ShownValues shown = new ShownValues(true);
    bound.forEach(settings -> shown.add(channel.transport() + ".", settings));
    all.putAll(shown.values);
    return all;
  }

  private void add(String prefix, Object settings) {
    for (RecordComponent component : settings.getClass().getRecordComponents()) {
      Name written = component.getAccessor().getAnnotation(Name.class);
      String name =
          prefix
              + (written == null
                  ? DataObjectPropertyName.toDashedForm(component.getName())
                  : written.value());
      Object value = value(component, settings);
      if (value instanceof Record nested) {
        add(name + ".", nested);
      } else if (!component.getType().isRecord()) {
        values.put(name, text(value));
      }
    }
  }

  private static @Nullable Object value(RecordComponent component, Object settings) {
    try {
      var accessor = component.getAccessor();
      accessor.setAccessible(true);
      return accessor.invoke(settings);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  private String text(@Nullable Object value) {
    return switch (value) {
      case null -> NONE;
      case Duration time -> time(time);
      case Boolean yes -> yes.toString();
      case Double number -> number.toString().replaceFirst("[.]0$", "");
      case Number number -> number.toString();
      case DataSize size -> size(size);
      case Enum<?> one -> BindingFailure.written(one);
      case Map<?, ?> map when map.isEmpty() -> NONE;
      case Collection<?> list when list.isEmpty() -> NONE;
      case Map<?, ?> map when secret -> String.join(": ***, ", names(map)) + ": " + MASKED;
      case Object other -> secret ? MASKED : other.toString();
    };
  }

  private static Collection<String> names(Map<?, ?> map) {
    return map.keySet().stream().map(String::valueOf).sorted().toList();
  }

  private static String size(DataSize size) {
    long bytes = size.toBytes();
    return bytes % (1L << 20) == 0 ? (bytes >> 20) + "MB" : bytes + "B";
  }

  private static String time(Duration time) {
    if (time.toMillisPart() != 0) {
      return time.toMillis() + "ms";
    }
    String iso = time.toString().toLowerCase(Locale.ROOT);
    return iso.replaceFirst("^pt(\\d+[hms])$", "$1").startsWith("p")
        ? time.toSeconds() + "s"
        : iso.substring(2);
  }
}
