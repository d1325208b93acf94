package dev.stretto.metrics.otlp;

import dev.stretto.transport.InvalidSettingException;
import io.micrometer.core.instrument.config.validate.Validated;
import io.micrometer.registry.otlp.OtlpConfig;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.ConfigurableEnvironment;

/** Reads the settings of the receiver under the names that Spring Boot gives them. */
record OtlpSettings(ConfigurableEnvironment environment) implements OtlpConfig {

  private static final String SERVICE = "service.name";

  @Override
  public @Nullable String get(String key) {
    return environment.getProperty(name(key));
  }

  /** {@code otlp.readTimeout} is {@code management.otlp.metrics.export.read-timeout}. */
  private static String name(String key) {
    return OtlpPush.PREFIX
        + key.substring(key.indexOf('.') + 1).replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
  }

  @Override
  public Map<String, String> headers() {
    return Binder.get(environment)
        .bind(OtlpPush.PREFIX + "headers", Bindable.mapOf(String.class, String.class))
        .orElse(Map.of());
  }

  Duration timeout(String name, Duration usual) {
    return Binder.get(environment).bind(OtlpPush.PREFIX + name, Duration.class).orElse(usual);
  }

  /** Those of {@code OTEL_RESOURCE_ATTRIBUTES}, and a name of the service. */
  @Override
  public Map<String, String> resourceAttributes() {
    Map<String, String> attributes = new HashMap<>(OtlpConfig.super.resourceAttributes());
    attributes.putIfAbsent(SERVICE, "stretto");
    return attributes;
  }

  /**
   * Refuses what can't be used.
   *
   * @throws InvalidSettingException that names the first such property
   */
  OtlpSettings checked() {
    validate().failures().stream()
        .findFirst()
        .ifPresent((Validated.Invalid<?> wrong) -> {
          throw new InvalidSettingException(name(wrong.getProperty()), wrong.getMessage());
        });
    return this;
  }
}
