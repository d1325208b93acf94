package dev.stretto.transport.http.hosts;

import dev.stretto.transport.InvalidSettingException;
import dev.stretto.transport.PortNumber;
import java.net.IDN;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which hosts are called, and at which addresses: what {@code http.allow} says. Names, once there
 * is one, are all that may be called; ports likewise; addresses are open beside the public ones.
 */
public final class AllowedHosts {

  private static final String PROPERTY = "http.allow";
  private static final Pattern PORT = Pattern.compile(":(?<port>\\d{1,5})");
  private static final Pattern NAME =
      Pattern.compile("(?<any>\\*\\.)?(?<name>[^:/\\[\\]*\\s]+)(:(?<port>\\d{1,5}))?");

  private final List<Name> names = new ArrayList<>();
  private final Set<Integer> ports = new LinkedHashSet<>();
  private final List<AddressBlock> open = new ArrayList<>();

  /**
   * A host, or all below it.
   *
   * @param host in small letters and ASCII; begins with a dot where it is what others end with
   * @param port 0 for any
   */
  private record Name(String host, int port) {

    boolean matches(String asked, int itsPort) {
      boolean named = host.startsWith(".") ? asked.endsWith(host) : asked.equals(host);
      return named && (port == 0 || port == itsPort);
    }
  }

  /**
   * @param entries of {@code http.allow}
   * @throws InvalidSettingException naming one that can't be meant
   */
  public AllowedHosts(List<String> entries) {
    entries.forEach(entry -> add(entry.strip()));
  }

  private void add(String entry) {
    Matcher port = PORT.matcher(entry);
    Matcher name = NAME.matcher(entry);
    if (port.matches()) {
      ports.add(port(entry, port.group("port")));
    } else if (entry.contains("/") || HostName.literal(entry) != null) {
      open.add(block(entry));
    } else if (name.matches()) {
      String number = name.group("port");
      names.add(
          new Name(
              (name.group("any") == null ? "" : ".") + host(entry, name.group("name")),
              number == null ? 0 : port(entry, number)));
    } else {
      throw unusable(
          entry,
          "is no name of a host, such as hooks.example.org or *.example.org:8443, no block of"
              + " addresses, such as 10.1.0.0/16, and no port, such as :8443");
    }
  }

  private static String host(String entry, String name) {
    String host = "";
    try {
      host = IDN.toASCII(name).toLowerCase(Locale.ROOT);
    } catch (IllegalArgumentException e) {
      // Said below: an empty name is none.
    }
    String problem = HostName.problem(host);
    if (problem != null) {
      throw unusable(entry, "can't be used: " + problem);
    }
    if (HostName.literal(host) != null) {
      throw unusable(entry, "can't be used: give the address, and the port as :PORT of its own");
    }
    return host;
  }

  private static int port(String entry, String digits) {
    int port = Integer.parseInt(digits);
    if (!PortNumber.isOne(port)) {
      throw unusable(entry, PortNumber.PROBLEM);
    }
    return port;
  }

  private static AddressBlock block(String entry) {
    try {
      return AddressBlock.of(entry);
    } catch (IllegalArgumentException e) {
      throw unusable(entry, "is no block of addresses, such as 10.1.0.0/16: it " + e.getMessage());
    }
  }

  private static InvalidSettingException unusable(String entry, String problem) {
    return new InvalidSettingException(PROPERTY, "'" + entry + "' " + problem);
  }

  /** Whether only hosts that it names are called. */
  public boolean namesHosts() {
    return !names.isEmpty();
  }

  /**
   * Why a host is not called, whatever its addresses; null where it may be.
   *
   * @param host in ASCII, an IPv6 address in brackets
   */
  public @Nullable String problem(String host, int port) {
    String problem = HostName.problem(host);
    if (problem != null) {
      return problem;
    }
    String asked = host.toLowerCase(Locale.ROOT);
    if (!names.isEmpty() && names.stream().noneMatch(name -> name.matches(asked, port))) {
      return "%s:%d is none of the hosts that http.allow names".formatted(asked, port);
    }
    return ports.isEmpty() || ports.contains(port)
        ? null
        : "%s:%d has none of the ports that http.allow names".formatted(asked, port);
  }

  /**
   * Judges all addresses to which a connection may be made.
   *
   * @throws ForbiddenHostException where one of them is neither public nor allowed
   */
  public void judge(String host, List<InetAddress> addresses) throws ForbiddenHostException {
    for (InetAddress address : addresses) {
      String kind = SpecialAddresses.kind(address);
      if (kind != null && !opened(address)) {
        throw new ForbiddenHostException(
            "host %s is at %s, which is no public address (%s); http.allow would have to open it"
                .formatted(host, address.getHostAddress(), kind));
      }
    }
  }

  private boolean opened(InetAddress address) {
    InetAddress behind = SpecialAddresses.behindNat64(address);
    return open.stream().anyMatch(block -> block.contains(address) || block.contains(behind));
  }
}
