package dev.stretto.transport.http;

import dev.stretto.transport.InvalidSettingException;
import java.net.IDN;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Matcher;
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

  private static final Pattern PARTS =
      Pattern.compile("(?<scheme>[^:/?#]*)://(?<authority>[^/?#]*)(?<rest>.*)", Pattern.DOTALL);

  private static final Pattern AUTHORITY =
      Pattern.compile("(?<host>\\[[0-9A-Fa-f:.]+]|[^:\\[\\]]*)(?<colon>:(?<port>.*))?");

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]+|\\[.*]");

  /** Letters that the older and the newer standard of international names read differently. */
  private static final Pattern AMBIGUOUS = Pattern.compile("[ßẞς\\u200C\\u200D]");

  private static final Pattern BLANK = Pattern.compile("[\\p{C}\\s\\p{Z}]");

  private static final int HIGHEST_PORT = 65_535;

  /**
   * Reads an address.
   *
   * @param property what to name in an error
   * @param https whether {@code https:} is allowed
   * @throws InvalidSettingException where it can't be meant; never repeats it: a secret may be part
   *     of it
   */
  static HttpAddress of(String property, String text, boolean https) {
    Matcher parts = PARTS.matcher(text.strip());
    boolean matches = parts.matches();
    String scheme = matches ? parts.group("scheme") : "";
    boolean secure = https && scheme.equalsIgnoreCase("https");
    if (!secure && !scheme.equalsIgnoreCase("http")) {
      throw new InvalidSettingException(
          property, "must start with http:" + (https ? " or https:" : ""));
    }
    String authority = parts.group("authority");
    if (authority.contains("@")) {
      throw new InvalidSettingException(
          property, "must not hold credentials; give them in http.headers");
    }
    Matcher hostPort = AUTHORITY.matcher(authority);
    if (!hostPort.matches() || hostPort.group("host").isEmpty()) {
      throw new InvalidSettingException(property, "names no host; write it like http://host/path");
    }
    String host = host(property, hostPort.group("host"));
    boolean given = hostPort.group("colon") != null;
    int port = given ? port(property, hostPort.group("port")) : secure ? 443 : 80;
    if (parts.group("rest").contains("#")) {
      throw new InvalidSettingException(
          property, "must not have a #fragment; nothing would see it");
    }
    String ascii =
        (secure ? "https://" : "http://")
            + host
            + (given ? ":" + port : "")
            + encoded(property, parts.group("rest"));
    try {
      return new HttpAddress(secure, host, port, new URI(ascii));
    } catch (URISyntaxException e) {
      throw new InvalidSettingException(
          property, "is no valid address (" + e.getReason() + "); write it like https://host/path");
    }
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
    if (AMBIGUOUS.matcher(text).find()) {
      throw new InvalidSettingException(
          property,
          "has a letter in the host's name that not everyone reads alike, such as ß; write the"
              + " name as xn--…");
    }
    boolean ascii = text.chars().allMatch(c -> c < 0x80);
    try {
      String host = ascii ? text : IDN.toASCII(text);
      if (NAME.matcher(host).matches()) {
        return host;
      }
    } catch (IllegalArgumentException _) {
      // Said below.
    }
    throw new InvalidSettingException(
        property,
        "is no valid address: the host's name may have letters, digits, '-', '_' and '.'");
  }

  private static int port(String property, String text) {
    if (text.isEmpty()) {
      throw new InvalidSettingException(
          property, "names no port behind the colon; write it like http://host:8080/path");
    }
    boolean digits = text.length() <= 5 && text.chars().allMatch(c -> c >= '0' && c <= '9');
    int port = digits ? Integer.parseInt(text) : 0;
    if (port < 1 || port > HIGHEST_PORT) {
      throw new InvalidSettingException(
          property, "has a port that can't be one; use 1 to " + HIGHEST_PORT);
    }
    return port;
  }

  private static String encoded(String property, String text) {
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
