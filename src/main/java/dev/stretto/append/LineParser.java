package dev.stretto.append;

import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.exc.UnexpectedEndOfInputException;
import tools.jackson.core.json.JsonFactory;

/** Makes messages of lines of JSON. Payloads are cut out of the line, never written anew. */
final class LineParser {

  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(1000)
                  .maxNumberLength(LineReader.MAX_LENGTH)
                  .maxNameLength(LineReader.MAX_LENGTH)
                  .build())
          .build();

  private final NewMessage.Defaults defaults;

  LineParser(NewMessage.Defaults defaults) {
    this.defaults = defaults;
  }

  /** The message whose payload is the line. */
  NewMessage plain(String line, long number) {
    try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), line)) {
      parser.nextToken();
      parser.skipChildren();
      parser.finishToken();
      requireEnd(parser, number);
      return new NewMessage(null, defaults.orderingKey(), defaults.contentType(), null, line);
    } catch (JacksonException e) {
      throw notJson(e, number);
    }
  }

  /** The message that the line's fields describe. */
  NewMessage envelope(String line, long number) {
    try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), line)) {
      JsonToken first = parser.nextToken();
      if (first != JsonToken.START_OBJECT) {
        throw new BadLineException(
            number,
            "an envelope is an object with a field payload"
                + (first == JsonToken.START_ARRAY
                    ? ", not an array; give each a line of its own"
                    : ""));
      }
      Envelope envelope = new Envelope(line, number);
      while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
        String field = parser.currentName();
        parser.nextToken();
        envelope.read(field, parser);
      }
      requireEnd(parser, number);
      return envelope.message(defaults);
    } catch (JacksonException e) {
      throw notJson(e, number);
    }
  }

  private static void requireEnd(JsonParser parser, long number) {
    JsonToken token = parser.nextToken();
    if (token != null) {
      throw new BadLineException(number, "more than one JSON value; give each a line of its own");
    }
  }

  private static BadLineException notJson(JacksonException e, long number) {
    String problem =
        e instanceof UnexpectedEndOfInputException
            ? "ends too early; is each message on a line of its own?"
            : e.getOriginalMessage().lines().findFirst().orElse("");
    int column = e.getLocation() == null ? -1 : e.getLocation().getColumnNr();
    return new BadLineException(
        number, "not JSON: " + problem + (column > 0 ? " (column " + column + ")" : ""));
  }
}
