package dev.stretto.transport.http.request;

import dev.stretto.message.Message;
import dev.stretto.transport.http.json.JsonText;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonPointer;

/** The values of a message by the names that templates have for them; not thread-safe. */
final class MessageValues {

  static final String KNOWN = "id, key, position, headers.NAME, payload or payload/json/pointer";

  private static final String HEADERS = "headers.";
  private static final String PAYLOAD = "payload";
  private static final Pattern NAME =
      Pattern.compile("id|key|position|headers\\.[^\\s]+|payload(/([^~/]|~[01])*)*");
  private static final Pattern JSON_TYPE =
      Pattern.compile("(?i)\\s*[^;\\s]+(/|\\+)json\\s*(;.*)?", Pattern.DOTALL);

  /** Null for a value of every name. */
  private final @Nullable Message message;

  private String asked = "";

  private MessageValues(@Nullable Message message) {
    this.message = message;
  }

  static MessageValues of(Message message) {
    return new MessageValues(message);
  }

  /** Has the text {@code x} under every name. */
  static MessageValues sample() {
    return new MessageValues(null);
  }

  /** Whether there can be such a value. */
  static boolean isName(String name) {
    return NAME.matcher(name).matches();
  }

  /** The name that was asked for last. */
  String asked() {
    return asked;
  }

  /**
   * A value; null where the message has none.
   *
   * @throws UnfitValueException where it can't be told, for the payload is no JSON
   */
  @Nullable MessageValue get(String name) {
    asked = name;
    Message asks = message;
    if (asks == null) {
      return MessageValue.text("x");
    }
    return switch (name) {
      case "id" -> MessageValue.text(asks.messageId());
      case "key" -> asks.orderingKey() == null ? null : MessageValue.text(asks.orderingKey());
      case "position" -> {
        String position = Long.toString(asks.position());
        yield new MessageValue(position, position);
      }
      case PAYLOAD -> payload(asks);
      default ->
          name.startsWith(HEADERS)
              ? header(asks.headers(), name.substring(HEADERS.length()))
              : inPayload(asks, JsonPointer.compile(name.substring(PAYLOAD.length())));
    };
  }

  private static @Nullable MessageValue header(Map<String, String> headers, String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return headers.entrySet().stream()
        .filter(header -> header.getKey().toLowerCase(Locale.ROOT).equals(lower))
        .findFirst()
        .map(header -> MessageValue.text(header.getValue()))
        .orElse(null);
  }

  /** What its JSON says where its type is JSON, else its text. */
  private static @Nullable MessageValue payload(Message message) {
    return JSON_TYPE.matcher(message.contentType()).matches()
        ? inPayload(message, JsonPointer.empty())
        : MessageValue.text(message.payload());
  }

  private static @Nullable MessageValue inPayload(Message message, JsonPointer place) {
    JsonText payload = new JsonText(message.payload(), true);
    try {
      JsonText.Value value = payload.at(place);
      if (place.matches() && !payload.isJson()) {
        throw noJson();
      }
      return value == null ? null : MessageValue.of(value);
    } catch (JsonText.UnreadableException e) {
      throw noJson();
    }
  }

  private static UnfitValueException noJson() {
    return new UnfitValueException("can't be read: the payload is no JSON");
  }
}
