package dev.stretto.transport.http.hosts;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a host of a URL may be: a name, or an address as everybody reads it. */
public final class HostName {

  private static final int LONGEST = 253;

  private static final String BYTE = "(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
  private static final Pattern IPV4 = Pattern.compile(BYTE + "(\\." + BYTE + "){3}");
  private static final Pattern IPV6 = Pattern.compile("[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*");
  private static final Pattern LABEL = Pattern.compile("[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?");

  /** Such a last label makes the whole an address to some, in decimal, octal or hexadecimal. */
  private static final Pattern NUMBER = Pattern.compile("\\d+|0x[0-9a-f]*");

  private HostName() {}

  /**
   * Why nothing is called there, or null where it may be.
   *
   * @param host in ASCII, an IPv6 address in brackets
   */
  static @Nullable String problem(String host) {
    if (host.startsWith("[")) {
      return literal(host) == null ? "the host is no IPv6 address" : null;
    }
    String[] labels = host.toLowerCase(Locale.ROOT).split("\\.", -1);
    if (NUMBER.matcher(labels[labels.length - 1]).matches()) {
      return literal(host) == null
          ? "the host is a number that not everyone reads alike; write an address like 192.0.2.1"
          : null;
    }
    for (String label : labels) {
      if (!LABEL.matcher(label).matches()) {
        return "the host's name has a part between dots that can't be one";
      }
    }
    return host.length() > LONGEST ? "the host's name is too long" : null;
  }

  /** The address that a text is, with brackets or without; null where it is none. */
  static @Nullable InetAddress literal(String text) {
    boolean brackets = text.startsWith("[") && text.endsWith("]");
    String bare = brackets ? text.substring(1, text.length() - 1) : text;
    if (IPV4.matcher(bare).matches() && !brackets) {
      return InetAddress.ofLiteral(bare);
    }
    try {
      return IPV6.matcher(bare).matches() ? Inet6Address.ofLiteral(bare) : null;
    } catch (IllegalArgumentException e) {
      return null;
    }
  }
}
