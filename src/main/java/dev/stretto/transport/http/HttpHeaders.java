package dev.stretto.transport.http;

import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which header names and values may be sent, and by whom. */
final class HttpHeaders {

  private static final Set<String> OF_THE_CONNECTION =
      Set.of(
          "connection",
          "content-length",
          "expect",
          "host",
          "http2-settings",
          "keep-alive",
          "proxy-authenticate",
          "proxy-authorization",
          "proxy-connection",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade");

  private HttpHeaders() {}

  /**
   * Why a configured header, or one of a message, can't be sent.
   *
   * @return null where it can; never the value, which may be a secret
   */
  static @Nullable String problem(String name, String value) {
    if (!isToken(name)) {
      return "is no header name; use letters, digits and -";
    }
    String lower = name.toLowerCase(Locale.ROOT);
    if (lower.startsWith("stretto-") || lower.equals("idempotency-key")) {
      return "is set by Stretto; choose another name";
    }
    if (lower.equals("content-type")) {
      return "is set from the message's content type; give it there";
    }
    if (OF_THE_CONNECTION.contains(lower)) {
      return "belongs to the connection; leave it out";
    }
    return isValue(value) ? null : "has a value with a line break or a character beyond Latin-1";
  }

  /**
   * Whether the text has only what a header's value may hold: Latin-1 without control characters.
   */
  static boolean isValue(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c > 0xFF || c == 0x7F || (c < ' ' && c != '\t')) {
        return false;
      }
    }
    return true;
  }

  /** Whether the text may be a header's name or a request method. */
  static boolean isToken(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean alphanumeric =
          (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
      if (!alphanumeric && "!#$%&'*+-.^_`|~".indexOf(c) < 0) {
        return false;
      }
    }
    return !text.isEmpty();
  }
}
