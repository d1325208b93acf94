package dev.stretto.cli.output;

import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.json.JsonMapper;

/** JSON for standard output, of records and maps: their members in the order of declaration. */
public final class JsonText {

  private static final JsonMapper MAPPER =
      JsonMapper.builder().disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY).build();

  private JsonText() {}

  /** One document, on one line. */
  public static String of(Object document) {
    return MAPPER.writeValueAsString(document);
  }
}
