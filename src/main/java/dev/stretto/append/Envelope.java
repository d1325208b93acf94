package dev.stretto.append;

import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** The fields of one line that says more of a message than its payload. */
final class Envelope {

  private final String line;
  private final long number;
  private final Set<String> seen = new HashSet<>();
  private @Nullable String payload;
  private @Nullable String key;
  private @Nullable String messageId;
  private @Nullable String headers;
  private @Nullable String contentType;

  Envelope(String line, long number) {
    this.line = line;
    this.number = number;
  }

  /** Reads the value that the parser stands on, and leaves it on that value's last token. */
  void read(String field, JsonParser parser) {
    if (!seen.add(field)) {
      throw bad(field + " is given twice");
    }
    switch (field) {
      case "payload" -> payload = slice(parser);
      case "key" -> key = text(field, Field.KEY, parser);
      case "messageId" -> messageId = text(field, Field.MESSAGE_ID, parser);
      case "contentType" -> contentType = text(field, Field.CONTENT_TYPE, parser);
      case "headers" -> headers = headers(parser);
      default ->
          throw bad(
              "unknown field "
                  + field
                  + "; an envelope has payload, key, messageId, headers, contentType");
    }
  }

  NewMessage message(NewMessage.Defaults defaults) {
    if (payload == null) {
      throw bad("the envelope has no payload");
    }
    return new NewMessage(
        messageId,
        key == null ? defaults.orderingKey() : key,
        contentType == null ? defaults.contentType() : contentType,
        headers,
        payload);
  }

  private String slice(JsonParser parser) {
    int from = (int) parser.currentTokenLocation().getCharOffset();
    parser.skipChildren();
    parser.finishToken();
    return line.substring(from, (int) parser.currentLocation().getCharOffset());
  }

  private @Nullable String text(String name, Field field, JsonParser parser) {
    if (parser.currentToken() == JsonToken.VALUE_NULL) {
      return null;
    }
    if (parser.currentToken() != JsonToken.VALUE_STRING) {
      throw bad(name + " must be a string");
    }
    String value = parser.getString();
    String problem = field.problem(value);
    if (problem != null) {
      throw bad(name + " " + problem);
    }
    return value;
  }

  private @Nullable String headers(JsonParser parser) {
    if (parser.currentToken() == JsonToken.VALUE_NULL) {
      return null;
    }
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      throw bad("headers must be an object of strings");
    }
    int from = (int) parser.currentTokenLocation().getCharOffset();
    Set<String> names = new HashSet<>();
    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
      checkHeader(parser, names);
    }
    String object = line.substring(from, (int) parser.currentLocation().getCharOffset());
    if (object.length() > HeaderRule.MAX_LENGTH) {
      throw bad(HeaderRule.tooLong());
    }
    return names.isEmpty() ? null : object;
  }

  private void checkHeader(JsonParser parser, Set<String> names) {
    String name = parser.currentName();
    refuse(HeaderRule.nameProblem(name, names));
    if (parser.nextToken() != JsonToken.VALUE_STRING) {
      throw bad("headers: " + name + " must be a string");
    }
    refuse(HeaderRule.valueProblem(name, parser.getString()));
  }

  private void refuse(@Nullable String problem) {
    if (problem != null) {
      throw bad(problem);
    }
  }

  private BadLineException bad(String problem) {
    return new BadLineException(number, problem);
  }
}
