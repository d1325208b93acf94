package dev.stretto.transport.http.json;

import dev.stretto.transport.InvalidSettingException;
import java.io.Serial;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonPointer;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;

/**
 * Text that should be JSON, or the beginning of such a text.
 *
 * @param text the characters
 * @param whole whether nothing is missing at its end
 */
public record JsonText(String text, boolean whole) {

  /** What can be appended can be read. */
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(1000)
                  .maxNumberLength(Integer.MAX_VALUE)
                  .maxNameLength(Integer.MAX_VALUE)
                  .maxStringLength(Integer.MAX_VALUE)
                  .build())
          .build();

  private static final Pattern POINTER = Pattern.compile("(/([^~/]|~[01])*)+");

  /** The text is no JSON, or ends before it can be told what it says. */
  public static final class UnreadableException extends Exception {

    @Serial private static final long serialVersionUID = 1;

    UnreadableException() {
      super("no JSON", null, false, false);
    }
  }

  /**
   * A value.
   *
   * @param source as it stands in the text
   * @param characters of a string what it says; of any other value the source
   */
  public record Value(String source, String characters) {}

  /**
   * Reads a setting that is a JSON pointer (RFC 6901).
   *
   * @throws InvalidSettingException naming the property
   */
  public static JsonPointer pointer(String property, String text) {
    if (!POINTER.matcher(text).matches()) {
      throw new InvalidSettingException(
          property, "'" + text + "' is no JSON pointer; write it like /error/code");
    }
    return JsonPointer.compile(text);
  }

  /**
   * The value at a place, of members with the same name the first; null where there is none. What
   * follows the value is not read.
   */
  public @Nullable Value at(JsonPointer place) throws UnreadableException {
    try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), text)) {
      if (json.nextToken() == null) {
        throw new UnreadableException();
      }
      return find(json, place);
    } catch (JacksonException e) {
      throw new UnreadableException();
    }
  }

  /** Whether all of the text is one JSON value. */
  public boolean isJson() {
    try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), text)) {
      boolean some = whole && json.nextToken() != null;
      json.skipChildren();
      json.finishToken();
      return some && json.nextToken() == null;
    } catch (JacksonException e) {
      return false;
    }
  }

  /** Below the value that the parser is at. */
  private @Nullable Value find(JsonParser json, JsonPointer place) throws UnreadableException {
    if (place.matches()) {
      return value(json);
    }
    switch (json.currentToken()) {
      case START_OBJECT -> {
        while (json.nextToken() == JsonToken.PROPERTY_NAME) {
          boolean here = json.currentName().equals(place.getMatchingProperty());
          json.nextToken();
          if (here) {
            return find(json, place.tail());
          }
          json.skipChildren();
        }
      }
      case START_ARRAY -> {
        for (int i = 0; json.nextToken() != JsonToken.END_ARRAY; i++) {
          if (i == place.getMatchingIndex()) {
            return find(json, place.tail());
          }
          json.skipChildren();
        }
      }
      case null, default -> {}
    }
    return null;
  }

  private Value value(JsonParser json) throws UnreadableException {
    boolean string = json.currentToken() == JsonToken.VALUE_STRING;
    int from = (int) json.currentTokenLocation().getCharOffset();
    String characters = string ? json.getString() : "";
    json.skipChildren();
    json.finishToken();
    int to = (int) json.currentLocation().getCharOffset();
    boolean mayGoOn = !whole && to == text.length() && json.currentToken().isNumeric();
    if (mayGoOn) {
      throw new UnreadableException();
    }
    String source = text.substring(from, to);
    return new Value(source, string ? characters : source);
  }
}
