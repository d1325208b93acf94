package dev.stretto.append;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.jspecify.annotations.Nullable;

/** What a producer may say of a message beside its payload: 1 to 200 characters each. */
public enum Field {
  /** The ordering key; any characters but control characters. */
  KEY,
  /** The idempotency key; visible ASCII with spaces within, since it travels in headers. */
  MESSAGE_ID,
  /** The media type of the payload; visible ASCII with spaces within. */
  CONTENT_TYPE;

  private static final int MAX_LENGTH = 200;

  /** What is wrong with the value, or null where it can be used. */
  public @Nullable String problem(String value) {
    if (value.isEmpty()) {
      return "must not be empty";
    }
    if (value.length() > MAX_LENGTH) {
      return "is longer than 200 characters";
    }
    if (value.chars().anyMatch(Character::isISOControl) || !UTF_8.newEncoder().canEncode(value)) {
      return "has a character that can't be stored";
    }
    if (this != KEY && !value.equals(value.strip())) {
      return "must not begin or end with a blank, which gets lost on the way";
    }
    boolean ascii = value.chars().allMatch(c -> c < 0x7f);
    return switch (this) {
      case KEY -> null;
      case MESSAGE_ID, CONTENT_TYPE -> ascii ? null : "has a character that is not ASCII";
    };
  }
}
