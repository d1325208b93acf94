package dev.stretto.cli.start.configuration;

import java.util.Locale;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.origin.OriginLookup;
import org.springframework.boot.origin.TextResourceOrigin;
import org.springframework.core.env.CommandLinePropertySource;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;

/** Where properties are written: the place that counts, where there are several. */
public final class WrittenPlaces {

  private final TreeMap<String, Place> places = new TreeMap<>();

  public WrittenPlaces(ConfigurableEnvironment environment) {
    for (PropertySource<?> source : environment.getPropertySources()) {
      if (source instanceof EnumerablePropertySource<?> enumerable
          && !source.getName().equals("configurationProperties")) {
        for (String name : enumerable.getPropertyNames()) {
          places.putIfAbsent(bare(name), new Place(enumerable, name));
        }
      }
    }
  }

  /**
   * What a person wrote.
   *
   * @param where for people, such as a file and a line
   */
  public record Written(String where) {}

  private record Place(EnumerablePropertySource<?> source, String name) {}

  /** Where a property has its value from, or something below it; null where nobody wrote it. */
  public @Nullable Written of(String property) {
    String bare = bare(property);
    var next = places.ceilingEntry(bare);
    if (next == null || !(next.getKey().equals(bare) || next.getKey().startsWith(bare + "."))) {
      next = places.ceilingEntry(bare.replace(".", ""));
      if (next == null || !next.getKey().equals(bare.replace(".", ""))) {
        return null;
      }
    }
    Place place = next.getValue();
    return new Written(where(place.source(), place.name()));
  }

  private static String where(EnumerablePropertySource<?> source, String name) {
    if (source instanceof CommandLinePropertySource<?>) {
      return "the command line";
    }
    if (source.getName().equals(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME)) {
      return "the environment variable " + name;
    }
    String line = line(source, name);
    return line == null ? source.getName() : line;
  }

  /** The file and the line, or null where there is none. */
  static @Nullable String line(EnumerablePropertySource<?> source, String name) {
    return OriginLookup.getOrigin(source, name) instanceof TextResourceOrigin text
            && text.getResource() != null
            && text.getLocation() != null
        ? WrittenYaml.file(text.getResource()) + ", line " + (text.getLocation().getLine() + 1)
        : null;
  }

  /** Without what spellings differ in; a variable's underscores stand for dots too. */
  private static String bare(String name) {
    return name.replace("[", ".").replaceAll("[-_\\]]", "").toLowerCase(Locale.ROOT);
  }
}
