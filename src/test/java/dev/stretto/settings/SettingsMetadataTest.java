package dev.stretto.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Parameter;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.context.properties.bind.Name;
import org.springframework.boot.convert.ApplicationConversionService;
import org.springframework.util.ObjectUtils;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What an editor is told of the settings: all there are, as they are. */
class SettingsMetadataTest {

  private static final String CHANNEL = "stretto.channels.*.";
  private static final Path METADATA =
      Path.of("src/main/resources/META-INF/spring-configuration-metadata.json");

  @Test
  void describesEverySettingWithItsDefaultAndNoOther() throws Exception {
    Map<String, Object> known = new TreeMap<>(Map.of("stretto.channels", ""));
    collect(ChannelProperties.Root.class, "stretto.", known);
    collect(ChannelProperties.class, CHANNEL, known);
    for (String transport :
        List.of("http.Http", "java.Java", "exec.Exec", "kafka.Kafka", "amqp.Amqp")) {
      collect(
          Class.forName("dev.stretto.transport." + transport + "Settings"),
          CHANNEL + transport.replaceFirst("[.].*", "."),
          known);
    }
    Map<String, Object> described = new TreeMap<>();
    for (JsonNode property : metadata().path("properties")) {
      assertThat(property.path("description").asString()).endsWith(".");
      String name = property.path("name").asString();
      String value = property.path("defaultValue").asString("");
      described.put(
          name,
          ApplicationConversionService.getSharedInstance()
              .convert(value, known.getOrDefault(name, "").getClass()));
    }

    assertThat(described).isEqualTo(known);
  }

  @Test
  void offersTheValuesThatThereAre() throws Exception {
    Map<String, List<String>> hints = new TreeMap<>();
    for (JsonNode hint : metadata().path("hints")) {
      hints.put(
          hint.path("name").asString().replace(CHANNEL, ""),
          hint.path("values").valueStream().map(value -> value.path("value").asString()).toList());
    }

    assertThat(hints.keySet())
        .containsExactlyInAnyOrder(
            "http.oauth2.client-authentication",
            "http.version",
            "on-exhausted",
            "on-unknown",
            "ordering",
            "preset",
            "retry-after",
            "transport",
            "while-retrying");
    for (RecordComponent setting : ChannelProperties.class.getRecordComponents()) {
      if (setting.getType().isEnum()) {
        assertThat(hints.get(DataObjectPropertyName.toDashedForm(setting.getName())))
            .containsExactlyElementsOf(
                Arrays.stream(setting.getType().getEnumConstants())
                    .map(value ->
                        DataObjectPropertyName.toDashedForm(
                            value.toString().toLowerCase(Locale.ROOT).replace('_', '-')))
                    .toList());
      }
    }
    try (Stream<Path> presets =
        Files.list(Path.of("src/main/resources/dev/stretto/settings/presets"))) {
      assertThat(hints.get("preset"))
          .containsExactlyInAnyOrderElementsOf(
              presets.map(file -> file.getFileName().toString().replace(".yaml", "")).toList());
    }
  }

  /**
   * Finds what there is where nothing is said. Below a list there are items, which have no names of
   * their own.
   */
  private static void collect(Class<?> type, String prefix, Map<String, Object> known)
      throws ReflectiveOperationException {
    Object unsaid = new Binder(List.of()).bindOrCreate("unsaid", Bindable.of(type));
    Parameter[] parameters = type.getDeclaredConstructors()[0].getParameters();
    RecordComponent[] components = type.getRecordComponents();
    for (int i = 0; i < components.length; i++) {
      Name written = parameters[i].getAnnotation(Name.class);
      String name =
          prefix
              + (written == null
                  ? DataObjectPropertyName.toDashedForm(components[i].getName())
                  : written.value());
      if (components[i].getType().isRecord()) {
        collect(components[i].getType(), name + ".", known);
      } else {
        components[i].getAccessor().setAccessible(true);
        Object value = components[i].getAccessor().invoke(unsaid);
        known.put(name, ObjectUtils.isEmpty(value) ? "" : value);
      }
    }
  }

  private static JsonNode metadata() throws IOException {
    return JsonMapper.shared().readTree(Files.readString(METADATA));
  }
}
