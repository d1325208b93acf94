package dev.stretto.cli.supervise;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The socket on which systemd is told how a service is. It takes datagrams, which Java's own
 * sockets in the file system can't send, so this calls the C library. Thread-safe.
 */
final class NotifySocket {

  private static final Logger LOG = LoggerFactory.getLogger(NotifySocket.class);

  private static final int AF_UNIX = 1;

  /** {@code SOCK_DGRAM | SOCK_CLOEXEC}. */
  private static final int DATAGRAM = 2 | 0x80000;

  private static final int MSG_NOSIGNAL = 0x4000;

  /** What {@code sockaddr_un} has room for. */
  private static final int LONGEST = 107;

  private final byte[] address;
  private final MethodHandle sendto;
  private final int socket;

  private NotifySocket(byte[] address, MethodHandle sendto, int socket) {
    this.address = address;
    this.sendto = sendto;
    this.socket = socket;
  }

  /**
   * Opens it.
   *
   * @param name as in {@code NOTIFY_SOCKET}: a path, or {@code @} and an abstract name
   * @return null where there is none, or it can't be used
   */
  @SuppressWarnings("restricted") // The launcher allows it, with --enable-native-access.
  static @Nullable NotifySocket open(@Nullable String name) {
    if (name == null || name.isEmpty()) {
      return null;
    }
    byte[] address = name.getBytes(UTF_8);
    if (!(name.startsWith("/") || name.startsWith("@")) || address.length > LONGEST) {
      LOG.warn("NOTIFY_SOCKET: {} is no address that can be used; systemd is told nothing", name);
      return null;
    }
    if (name.startsWith("@")) {
      address[0] = 0;
    }
    try {
      Linker linker = Linker.nativeLinker();
      MethodHandle create =
          linker.downcallHandle(
              linker.defaultLookup().findOrThrow("socket"),
              FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
      MethodHandle send =
          linker.downcallHandle(
              linker.defaultLookup().findOrThrow("sendto"),
              FunctionDescriptor.of(
                  JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT));
      int socket = (int) create.invokeExact(AF_UNIX, DATAGRAM, 0);
      if (socket < 0) {
        throw new IllegalStateException("no socket");
      }
      return new NotifySocket(address, send, socket);
    } catch (Throwable e) {
      LOG.warn("NOTIFY_SOCKET can't be used; systemd is told nothing: {}", e.toString());
      return null;
    }
  }

  /** Sends lines such as {@code READY=1}. What can't be sent is not sent again. */
  void send(String lines) {
    byte[] text = lines.getBytes(UTF_8);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment data = arena.allocateFrom(JAVA_BYTE, text);
      MemorySegment target = arena.allocate(Short.BYTES + LONGEST + 1, Short.BYTES);
      target.set(JAVA_SHORT, 0, (short) AF_UNIX);
      MemorySegment.copy(address, 0, target, JAVA_BYTE, Short.BYTES, address.length);
      // A path ends with a zero; an abstract name, which begins with one, as its length says.
      int length = Short.BYTES + address.length + (address[0] == 0 ? 0 : 1);
      long sent =
          (long) sendto.invokeExact(socket, data, (long) text.length, MSG_NOSIGNAL, target, length);
      if (sent < 0) {
        LOG.debug("systemd could not be told {}", lines);
      }
    } catch (Throwable e) {
      LOG.debug("systemd could not be told {}", lines, e);
    }
  }
}
