package dev.stretto.transport;

import java.util.HashMap;
import java.util.Map;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/** Settings as an application would bind them, from names and values. */
public record MapSettings(String folder, Map<String, String> values) implements TransportSettings {

  /** Of names without the folder, each followed by its value. */
  public static MapSettings of(String folder, String... namesAndValues) {
    MapSettings settings = new MapSettings(folder, new HashMap<>());
    for (int i = 0; i < namesAndValues.length; i += 2) {
      settings.put(namesAndValues[i], namesAndValues[i + 1]);
    }
    return settings;
  }

  /** Settings of the HTTP transport. */
  public static MapSettings url(String url, String... namesAndValues) {
    return of("http", namesAndValues).put("url", url);
  }

  public MapSettings put(String name, String value) {
    values.put(folder + "." + name, value);
    return this;
  }

  @Override
  public <T> T bind(Class<T> type) {
    return new Binder(new MapConfigurationPropertySource(values)).bindOrCreate(folder, type);
  }
}
