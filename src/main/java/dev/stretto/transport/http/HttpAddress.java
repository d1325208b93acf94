package dev.stretto.transport.http;

import dev.stretto.transport.InvalidSettingException;
import dev.stretto.transport.PortNumber;
import java.net.IDN;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * An address as browsers and curl take it: letters beyond ASCII become Punycode in the host and
 * UTF-8 in path and query, and a host's name may have an underscore, as containers' names do.
 *
 * @param secure whether it asks for TLS
 * @param host the host, in ASCII
 * @param port the port, the scheme's own where none is given
 * @param uri the whole in ASCII; {@link URI#getHost} doesn't know underscores
 */
record HttpAddress(boolean secure, String host, int port, URI uri) {

  /** Letters that the older and the newer standard of international names read differently. */
  private static final Pattern AMBIGUOUS = Pattern.compile("[ßẞς\\u200C\\u200D]");

  private static final Pattern BLANK = Pattern.compile("[\\p{C}\\s\\p{Z}]");

  /**
   * Reads an address.
   *
   * @param property what to name in an error
   * @param https whether {@code https:} is allowed
   * @throws InvalidSettingException where it can't be meant; never repeats it: a secret may be part
   *     of it
   */
  static HttpAddress of(String property, String text, boolean https) {
    String address = text.strip();
    boolean secure = https && startsWith(address, "https://");
    if (!secure && !startsWith(address, "http://")) {
      throw new InvalidSettingException(
          property, "must start with http:" + (https ? " or https:" : ""));
    }
    int begin = address.indexOf("//") + 2;
    int end = endOfAuthority(address, begin);
    String authority = address.substring(begin, end);
    String rest = address.substring(end);
    if (authority.contains("@")) {
      throw new InvalidSettingException(
          property, "must not hold credentials; give them in http.headers");
    }
    int endOfHost = endOfHost(authority);
    boolean given = endOfHost < authority.length();
    if (endOfHost <= 0 || (given && authority.charAt(endOfHost) != ':')) {
      throw new InvalidSettingException(property, "names no host; write it like http://host/path");
    }
    String host = host(property, authority.substring(0, endOfHost));
    int port = given ? port(property, authority.substring(endOfHost + 1)) : secure ? 443 : 80;
    if (rest.contains("#")) {
      throw new InvalidSettingException(
          property, "must not have a #fragment; nothing would see it");
    }
    String ascii =
        (secure ? "https://" : "http://")
            + host
            + (given ? ":" + port : "")
            + encoded(property, rest);
    try {
      return new HttpAddress(secure, host, port, new URI(ascii));
    } catch (URISyntaxException e) {
      throw new InvalidSettingException(
          property, "is no valid address (" + e.getReason() + "); write it like https://host/path");
    }
  }

  private static boolean startsWith(String address, String scheme) {
    return address.regionMatches(true, 0, scheme, 0, scheme.length());
  }

  private static int endOfAuthority(String address, int begin) {
    int end = begin;
    while (end < address.length() && "/?#".indexOf(address.charAt(end)) < 0) {
      end++;
    }
    return end;
  }

  /** Where the colon is, or the end; behind the bracket of an IPv6 address. 0 where no host is. */
  private static int endOfHost(String authority) {
    boolean bracketed = authority.startsWith("[");
    int end = bracketed ? 1 : 0;
    while (end < authority.length() && mayBeOfHost(authority.charAt(end), bracketed)) {
      end++;
    }
    if (!bracketed) {
      return end;
    }
    return end > 1 && authority.startsWith("]", end) ? end + 1 : 0;
  }

  private static boolean mayBeOfHost(char c, boolean bracketed) {
    return bracketed ? c == '.' || c == ':' || HexFormat.isHexDigit(c) : ":[]".indexOf(c) < 0;
  }

  /**
   * Reads an address that a message gives. It is taken as it is or not at all: no blanks around it,
   * no host that others read otherwise.
   *
   * @throws InvalidSettingException where it can't be meant; never repeats it
   */
  static HttpAddress ofMessage(String property, String text) {
    if (text.isEmpty() || BLANK.matcher(text).find()) {
      throw new InvalidSettingException(property, "is empty, or has a blank or control character");
    }
    return of(property, text, true);
  }

  /** Scheme, host and port, the same for all addresses with the same connections. */
  String origin() {
    return (secure ? "https://" : "http://") + host.toLowerCase(Locale.ROOT) + ":" + port;
  }

  /** The host and port, for people. */
  String authority() {
    return host + ":" + port;
  }

  /** The address with a host that {@link URI} can read; a request is given the real one. */
  URI withKnownHost() {
    return uri.getHost() != null
        ? uri
        : URI.create(uri.toString().replaceFirst("//[^/?]*", "//host:" + port));
  }

  private static String host(String property, String text) {
    try {
      String host = isAscii(text) ? text : punycode(property, text);
      if (host.startsWith("[") || isName(host)) {
        return host;
      }
    } catch (IllegalArgumentException _) {
      // Said below.
    }
    throw new InvalidSettingException(
        property,
        "is no valid address: the host's name may have letters, digits, '-', '_' and '.'");
  }

  private static String punycode(String property, String text) {
    if (AMBIGUOUS.matcher(text).find()) {
      throw new InvalidSettingException(
          property,
          "has a letter in the host's name that not everyone reads alike, such as ß; write the"
              + " name as xn--…");
    }
    return IDN.toASCII(text);
  }

  private static boolean isName(String host) {
    for (int i = 0; i < host.length(); i++) {
      char c = host.charAt(i);
      boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
      if (!letter && !isDigit(c) && c != '.' && c != '-' && c != '_') {
        return false;
      }
    }
    return !host.isEmpty();
  }

  private static boolean isDigit(int c) {
    return c >= '0' && c <= '9';
  }

  private static boolean isAscii(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) >= 0x80) {
        return false;
      }
    }
    return true;
  }

  private static int port(String property, String text) {
    if (text.isEmpty()) {
      throw new InvalidSettingException(
          property, "names no port behind the colon; write it like http://host:8080/path");
    }
    boolean digits = text.length() <= 5 && text.chars().allMatch(HttpAddress::isDigit);
    int port = digits ? Integer.parseInt(text) : 0;
    if (!PortNumber.isOne(port)) {
      throw new InvalidSettingException(property, PortNumber.PROBLEM);
    }
    return port;
  }

  private static String encoded(String property, String text) {
    if (isAscii(text)) {
      return text;
    }
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
      throw new InvalidSettingException(property, "has half a character; write it anew");
    }
    StringBuilder ascii = new StringBuilder(text.length());
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      if (b >= 0) {
        ascii.append((char) b);
      } else {
        ascii.append('%').append(HexFormat.of().withUpperCase().toHexDigits(b));
      }
    }
    return ascii.toString();
  }
}
