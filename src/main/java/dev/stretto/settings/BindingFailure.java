package dev.stretto.settings;

import dev.stretto.transport.InvalidSettingException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.util.PlaceholderResolutionException;

/** Explains in one line what is wrong with a property; shows no value that could be a secret. */
final class BindingFailure {

  private final KnownProperties known;
  private final String bound;
  private final String shown;

  /**
   * @param bound the name that the properties were bound below
   * @param shown what people wrote in its place; settings that name themselves do it relative to
   *     this
   */
  BindingFailure(KnownProperties known, String bound, String shown) {
    this.known = known;
    this.bound = bound;
    this.shown = shown;
  }

  /** The properties that there are. */
  KnownProperties known() {
    return known;
  }

  InvalidSettingException explain(BindException failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      switch (cause) {
        case InvalidSettingException e -> {
          return e.below(shown + ".");
        }
        case UnboundConfigurationPropertiesException e -> {
          return unknown(e.getUnboundProperties().iterator().next().getName());
        }
        case PlaceholderResolutionException e -> {
          return new InvalidSettingException(
              written(failure.getName()),
              "the environment variable " + e.getPlaceholder() + " is not set");
        }
        default -> {}
      }
    }
    return new InvalidSettingException(written(failure.getName()), unusable(failure));
  }

  /** The property is none. */
  InvalidSettingException unknown(ConfigurationPropertyName name) {
    String suggestion =
        known.similarTo(name).map(similar -> "; did you mean " + similar + "?").orElse("");
    return new InvalidSettingException(written(name), "there is no such property" + suggestion);
  }

  private String written(ConfigurationPropertyName name) {
    return shown + name.toString().substring(bound.length());
  }

  private String unusable(BindException failure) {
    Class<?> type = failure.getTarget().getType().resolve(Object.class);
    return expected(type) + value(failure.getProperty());
  }

  private static String expected(Class<?> type) {
    if (type.isEnum()) {
      return oneOf(type);
    }
    if (type == Duration.class) {
      return "must be a time with a unit, such as 200ms, 30s, 5m or 24h, up to 36500d";
    }
    if (type == int.class || type == Integer.class) {
      return "must be a whole number";
    }
    return type == double.class ? "must be a number" : "can't be used as it is written";
  }

  private String value(@Nullable ConfigurationProperty property) {
    return property == null || known.secret() ? "" : ", not " + property.getValue();
  }

  static String oneOf(Class<?> type) {
    return "must be one of "
        + Arrays.stream(type.getEnumConstants())
            .map(BindingFailure::written)
            .collect(Collectors.joining(", "));
  }

  /** An enum's value as people write it. */
  static String written(Object value) {
    return value.toString().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
