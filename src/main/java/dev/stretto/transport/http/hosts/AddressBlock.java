package dev.stretto.transport.http.hosts;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.regex.Pattern;

/**
 * A block of addresses, such as {@code 10.0.0.0/8}.
 *
 * @param first its first address, 4 or 16 bytes
 * @param bits how many of its first bits all of its addresses have
 */
record AddressBlock(byte[] first, int bits) {

  private static final Pattern PREFIX = Pattern.compile("\\d{1,3}");

  /** Each address as one of the same 16 bytes would be is another: no block has both kinds. */
  boolean contains(InetAddress address) {
    byte[] bytes = address.getAddress();
    return bytes.length == first.length && Arrays.equals(first, head(bytes, bits));
  }

  private static byte[] head(byte[] address, int bits) {
    byte[] head = new byte[address.length];
    for (int i = 0; i < address.length; i++) {
      int kept = Math.clamp(bits - 8L * i, 0, 8);
      head[i] = (byte) (address[i] & (0xFF << (8 - kept)));
    }
    return head;
  }

  /**
   * Reads a block, or a single address.
   *
   * @throws IllegalArgumentException where it is none; the message says why
   */
  static AddressBlock of(String text) {
    String[] parts = text.split("/", 2);
    byte[] address = literal(parts[0]).getAddress();
    int most = 8 * address.length;
    int bits = parts.length == 1 ? most : prefix(parts[1], most);
    byte[] head = head(address, bits);
    if (!Arrays.equals(head, address)) {
      throw new IllegalArgumentException("has bits behind its prefix that are not 0");
    }
    return new AddressBlock(address, bits);
  }

  private static InetAddress literal(String text) {
    InetAddress address = HostName.literal(text);
    if (address == null) {
      throw new IllegalArgumentException("is no address");
    }
    return address;
  }

  private static int prefix(String text, int most) {
    int bits = PREFIX.matcher(text).matches() ? Integer.parseInt(text) : most + 1;
    if (bits > most) {
      throw new IllegalArgumentException("needs a prefix of 0 to " + most + " bits");
    }
    return bits;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof AddressBlock block
        && bits == block.bits
        && Arrays.equals(first, block.first);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(first) + bits;
  }
}
