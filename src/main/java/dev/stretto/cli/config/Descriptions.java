package dev.stretto.cli.config;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What settings are for, and their ranges, as editors are told of them. */
final class Descriptions {

  private static final String LISTS = "META-INF/spring-configuration-metadata.json";
  private static final String CHANNELS = "stretto.channels.";

  private final Map<String, String> texts = new HashMap<>();

  private Descriptions() {}

  static Descriptions read() {
    Descriptions descriptions = new Descriptions();
    try {
      for (URL list : Collections.list(Descriptions.class.getClassLoader().getResources(LISTS))) {
        try (InputStream in = list.openStream()) {
          JsonNode properties = JsonMapper.shared().readTree(in).path("properties");
          for (JsonNode property : properties) {
            String name = property.path("name").asString("");
            if (name.startsWith("stretto.")) {
              descriptions.texts.put(name, property.path("description").asString(""));
            }
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return descriptions;
  }

  /** That of a property, or of what it is a part of; empty where there is none. */
  String of(String property) {
    String name =
        property.startsWith(CHANNELS)
            ? property.replaceFirst("^stretto[.]channels[.][^.]+[.]", CHANNELS + "*.")
            : property;
    while (name.contains(".") && !name.equals("stretto.channels")) {
      String text = texts.get(name);
      if (text != null) {
        return text;
      }
      name = name.replaceFirst("[.\\[][^.\\[]*$", "");
    }
    return "";
  }
}
