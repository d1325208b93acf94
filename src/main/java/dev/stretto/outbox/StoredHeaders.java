package dev.stretto.outbox;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * What the column {@code headers} says, whoever wrote it.
 *
 * @param byName the headers; empty where they can't be read
 * @param problem why they can't be read, or null where they can. One line, without their values
 */
record StoredHeaders(Map<String, String> byName, @Nullable String problem) {

  private static final StoredHeaders NONE = new StoredHeaders(Map.of(), null);
  private static final JsonFactory JSON = new JsonFactory();

  /** Reads an object of strings; throws nothing. */
  static StoredHeaders of(@Nullable String text) {
    if (text == null) {
      return NONE;
    }
    try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), text)) {
      return read(parser);
    } catch (JacksonException e) {
      int column = e.getLocation() == null ? 0 : e.getLocation().getColumnNr();
      return unreadable("not JSON" + (column > 0 ? ", from column " + column + " on" : ""));
    }
  }

  private static StoredHeaders read(JsonParser parser) {
    JsonToken first = parser.nextToken();
    if (first != JsonToken.START_OBJECT) {
      return unreadable("not an object of strings but " + named(first));
    }
    Map<String, String> byName = new LinkedHashMap<>();
    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = parser.currentName();
      JsonToken value = parser.nextToken();
      if (value != JsonToken.VALUE_STRING) {
        return unreadable("the value of '" + name + "' is not a string but " + named(value));
      }
      byName.put(name, parser.getString());
    }
    return parser.nextToken() == null
        ? new StoredHeaders(byName, null)
        : unreadable("more than one JSON value");
  }

  private static String named(@Nullable JsonToken token) {
    return switch (token) {
      case START_OBJECT -> "an object";
      case START_ARRAY -> "an array";
      case VALUE_STRING -> "a string";
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> "a number";
      case VALUE_TRUE, VALUE_FALSE -> "a truth value";
      case VALUE_NULL -> "JSON's null; a column that is null stands for none";
      case null, default -> "nothing; a column that is null stands for none";
    };
  }

  private static StoredHeaders unreadable(String why) {
    return new StoredHeaders(Map.of(), "headers: " + why.replaceAll("\\p{Cntrl}+", " "));
  }
}
