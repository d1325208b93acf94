package dev.stretto.cli.start.configuration;

import dev.stretto.settings.Spelling;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/** The properties that Spring Boot reads, as its own modules list them. */
final class SpringNames {

  private static final String LISTS = "META-INF/spring-configuration-metadata.json";

  /** These would change what a command prints, and when it ends. */
  private static final List<String> NOT_HERE =
      List.of("spring.main.", "spring.banner.", "spring.output.", "debug", "trace");

  /** Of the receiver of metrics, as a module of Spring Boot's lists them that is not here. */
  private static final Map<String, String> METRICS =
      Map.of(
          "url", "java.lang.String",
          "enabled", "java.lang.Boolean",
          "step", "java.time.Duration",
          "headers", "java.util.Map",
          "connect-timeout", "java.time.Duration",
          "read-timeout", "java.time.Duration",
          "aggregation-temporality", "java.lang.String",
          "compression-mode", "java.lang.String",
          "base-time-unit", "java.util.concurrent.TimeUnit");

  /** By the name without its hyphens. */
  private final Map<String, Property> properties = new HashMap<>();

  private SpringNames() {}

  /**
   * One property.
   *
   * @param hasMore whether further names stand below it, as in a map or a list
   */
  private record Property(String name, boolean hasMore) {}

  static SpringNames read() {
    SpringNames names = new SpringNames();
    names.add("spring.application.json", "java.lang.String");
    METRICS.forEach((name, type) -> names.add("management.otlp.metrics.export." + name, type));
    try {
      ClassLoader loader = SpringNames.class.getClassLoader();
      for (URL list : Collections.list(loader.getResources(LISTS))) {
        try (InputStream in = list.openStream();
            JsonParser json = new JsonFactory().createParser(ObjectReadContext.empty(), in)) {
          names.readList(json);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return names;
  }

  private void readList(JsonParser json) {
    json.nextToken();
    while (json.nextToken() == JsonToken.PROPERTY_NAME) {
      boolean wanted = json.currentName().equals("properties");
      json.nextToken();
      if (wanted) {
        while (json.nextToken() == JsonToken.START_OBJECT) {
          readProperty(json);
        }
      } else {
        json.skipChildren();
      }
    }
  }

  private void readProperty(JsonParser json) {
    String name = "";
    String type = "";
    boolean gone = false;
    while (json.nextToken() == JsonToken.PROPERTY_NAME) {
      String field = json.currentName();
      json.nextToken();
      switch (field) {
        case "name" -> name = json.getString();
        case "type" -> type = json.getString();
        case "deprecation" -> gone = isGone(json);
        default -> json.skipChildren();
      }
    }
    String full = name;
    if (!gone && NOT_HERE.stream().noneMatch(full::startsWith)) {
      add(name, type);
    }
  }

  /** Whether the property is listed only to say that it is no longer read. */
  private static boolean isGone(JsonParser json) {
    boolean gone = false;
    while (json.nextToken() == JsonToken.PROPERTY_NAME) {
      String field = json.currentName();
      json.nextToken();
      gone |= field.equals("level") && "error".equals(json.getString());
      json.skipChildren();
    }
    return gone;
  }

  private void add(String name, String type) {
    boolean hasMore =
        (type.startsWith("java.util.") && !type.endsWith("TimeUnit")) || type.endsWith("[]");
    properties.put(bare(name), new Property(name, hasMore));
  }

  /** Whether somebody reads the property, under whatever spelling. */
  boolean has(String name) {
    String bare = bare(name);
    if (properties.containsKey(bare)) {
      return true;
    }
    for (int end = end(bare); end > 0; end = end(bare)) {
      bare = bare.substring(0, end);
      Property above = properties.get(bare);
      if (above != null) {
        return above.hasMore();
      }
    }
    return false;
  }

  private static int end(String name) {
    return Math.max(name.lastIndexOf('.'), name.lastIndexOf('['));
  }

  /** The one that was probably meant. */
  Optional<String> similarTo(String name) {
    @Nullable Property exact = properties.get(bare(name));
    return exact != null
        ? Optional.of(exact.name())
        : Spelling.nearest(
            properties.values().stream().map(Property::name).sorted().toList(), name);
  }

  static String bare(String name) {
    return name.replaceAll("[-_]", "").toLowerCase(Locale.ROOT);
  }
}
