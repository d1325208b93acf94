package dev.stretto.settings;

import static java.util.stream.Collectors.joining;

import dev.stretto.transport.InvalidSettingException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;

/**
 * What a known destination needs, from a file that comes with the product.
 *
 * @param properties relative to a channel, such as {@code http.request.path}
 */
record Preset(String name, Map<String, Object> properties) {

  private static final String FOLDER = "presets/";
  private static final String ENDING = ".yaml";
  private static final Pattern NAME = Pattern.compile("[a-z]+(-[a-z]+)*");

  /**
   * Reads one.
   *
   * @param property the setting that names it
   * @throws InvalidSettingException where there is none of that name; it says which there are
   */
  static Preset of(String property, String name) {
    Resource file = new ClassPathResource(FOLDER + name + ENDING, Preset.class);
    if (!NAME.matcher(name).matches() || !file.exists()) {
      throw new InvalidSettingException(
          property, "must be one of " + names().collect(joining(", ")) + ", not " + name);
    }
    Map<String, Object> properties = new HashMap<>();
    try {
      for (PropertySource<?> source : new YamlPropertySourceLoader().load(name, file)) {
        for (String key : ((EnumerablePropertySource<?>) source).getPropertyNames()) {
          properties.put(key, Objects.requireNonNull(source.getProperty(key)));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new Preset(name, properties);
  }

  /** Those that there are, sorted. */
  static Stream<String> names() {
    try {
      String files = new ClassPathResource(FOLDER + "*" + ENDING, Preset.class).getPath();
      return Arrays.stream(
              new PathMatchingResourcePatternResolver().getResources("classpath*:" + files))
          .map(file -> Objects.requireNonNull(file.getFilename()).replace(ENDING, ""))
          .sorted();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Refuses a channel whose own settings name another transport.
   *
   * @param property the setting that names this preset
   */
  void requireTransport(String property, @Nullable String transport) {
    Object own = properties.get("transport");
    if (!Objects.equals(own, transport)) {
      throw new InvalidSettingException(
          property, name + " goes with transport " + own + " only, not " + transport);
    }
  }
}
