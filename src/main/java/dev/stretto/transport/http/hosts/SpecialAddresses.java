package dev.stretto.transport.http.hosts;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Addresses that are not the public network's: IANA's special-purpose registries for IPv4 and IPv6
 * (RFC 6890 and what was added since, up to RFC 9637 of August 2024), with multicast, and
 * everything in IPv6 that was not given out as global unicast. Forms that carry an IPv4 address and
 * belong to abandoned ways of getting to IPv6 (IPv4-compatible, 6to4, Teredo) are refused whatever
 * they carry; an IPv4-mapped one is the IPv4 address to Java.
 */
final class SpecialAddresses {

  /** The only one whose addresses lead to IPv4 addresses today; those decide (RFC 6052). */
  private static final AddressBlock NAT64 = AddressBlock.of("64:ff9b::/96");

  private static final AddressBlock GLOBAL_UNICAST = AddressBlock.of("2000::/3");

  private static final Map<AddressBlock, String> KINDS = new LinkedHashMap<>();

  static {
    add("unspecified", "0.0.0.0/8", "::/128");
    add("private", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7", "fec0::/10");
    add("shared", "100.64.0.0/10");
    add("loopback", "127.0.0.0/8", "::1/128");
    add("link-local", "169.254.0.0/16", "fe80::/10");
    add("protocol", "192.0.0.0/24", "2001::/23");
    add("documentation", "192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24");
    add("documentation", "2001:db8::/32", "3fff::/20");
    add("6to4", "192.88.99.0/24", "2002::/16");
    add("benchmark", "198.18.0.0/15");
    add("multicast", "224.0.0.0/4", "ff00::/8");
    add("broadcast", "255.255.255.255/32");
    add("reserved", "240.0.0.0/4");
  }

  private SpecialAddresses() {}

  private static void add(String kind, String... blocks) {
    for (String block : blocks) {
      KINDS.put(AddressBlock.of(block), kind);
    }
  }

  /** What kind of address it is; null where it is one of the public network's. */
  static @Nullable String kind(InetAddress address) {
    InetAddress decides = behindNat64(address);
    for (Map.Entry<AddressBlock, String> kind : KINDS.entrySet()) {
      if (kind.getKey().contains(decides)) {
        return kind.getValue();
      }
    }
    boolean unicast = decides.getAddress().length == 4 || GLOBAL_UNICAST.contains(decides);
    return unicast ? null : "reserved";
  }

  /** The IPv4 address that an address of NAT64 leads to; any other as it is. */
  static InetAddress behindNat64(InetAddress address) {
    if (!NAT64.contains(address)) {
      return address;
    }
    try {
      return InetAddress.getByAddress(Arrays.copyOfRange(address.getAddress(), 12, 16));
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e);
    }
  }
}
