package dev.stretto.transport.http;

import dev.stretto.transport.TransportSettings;
import java.util.HashMap;
import java.util.Map;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/** Settings as an application would bind them, from names and values. */
record MapSettings(Map<String, String> values) implements TransportSettings {

  static MapSettings url(String url, String... namesAndValues) {
    Map<String, String> values = new HashMap<>();
    values.put("http.url", url);
    for (int i = 0; i < namesAndValues.length; i += 2) {
      values.put("http." + namesAndValues[i], namesAndValues[i + 1]);
    }
    return new MapSettings(values);
  }

  @Override
  public <T> T bind(Class<T> type) {
    return new Binder(new MapConfigurationPropertySource(values)).bindOrCreate("http", type);
  }
}
