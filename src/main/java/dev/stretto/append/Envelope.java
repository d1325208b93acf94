package dev.stretto.append;

import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** The fields of one line that says more of a message than its payload. */
final class Envelope {

  private static final Pattern HEADER_NAME = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");
  private static final int MAX_HEADERS = 8000;

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
    if (object.length() > MAX_HEADERS) {
      throw bad("headers are longer than 8,000 characters");
    }
    return names.isEmpty() ? null : object;
  }

  private void checkHeader(JsonParser parser, Set<String> names) {
    String name = parser.currentName();
    if (!HEADER_NAME.matcher(name).matches()) {
      throw bad("headers: the name of a header has a character that is not allowed there");
    }
    if (!names.add(name.toLowerCase(Locale.ROOT))) {
      throw bad("headers: " + name + " is given twice");
    }
    if (parser.nextToken() != JsonToken.VALUE_STRING) {
      throw bad("headers: " + name + " must be a string");
    }
    if (parser.getString().chars().anyMatch(c -> c != '\t' && Character.isISOControl(c))) {
      throw bad("headers: " + name + " has a control character");
    }
  }

  private BadLineException bad(String problem) {
    return new BadLineException(number, problem);
  }
}
