package dev.stretto.transport.http.request;

import dev.stretto.transport.http.json.JsonText;
import tools.jackson.core.io.JsonStringEncoder;

/**
 * A value of a message.
 *
 * @param json as JSON; of what the payload says, as it stands there
 * @param characters of text what it says; of another JSON value the JSON
 */
record MessageValue(String json, String characters) {

  private static final String NULL = "null";

  static MessageValue text(String text) {
    return new MessageValue("\"" + quoted(text) + "\"", text);
  }

  static MessageValue of(JsonText.Value value) {
    return new MessageValue(value.source(), value.characters());
  }

  boolean isNull() {
    return json.equals(NULL);
  }

  /** Whether a section over it is shown. */
  boolean shown() {
    return !isNull() && !json.equals("false");
  }

  /** What stands between the quotes of a JSON string. */
  static String quoted(String text) {
    return new String(JsonStringEncoder.getInstance().quoteAsCharArray(text));
  }

  /** What stands between the quotes where a value that is JSON is put into a string. */
  static String insideString(String json) {
    if (json.equals(NULL)) {
      throw new UnfitValueException("is null");
    }
    return json.startsWith("\"") ? json.substring(1, json.length() - 1) : quoted(json);
  }
}
