package dev.stretto.cli.supervise;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** The end of a notification socket that systemd has. */
final class DatagramReceiver implements AutoCloseable {

  private static final int AF_UNIX = 1;
  private static final int DATAGRAM = 2;
  private static final int MOST = 4096;

  private final MethodHandle receive =
      handle("recv", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT);
  private final int socket;

  /**
   * @param name a path, or {@code @} and an abstract name
   */
  DatagramReceiver(String name) throws Exception {
    byte[] address = name.getBytes(UTF_8);
    boolean isAbstract = name.startsWith("@");
    if (isAbstract) {
      address[0] = 0;
    }
    try (Arena arena = Arena.ofConfined()) {
      socket =
          (int)
              call(handle("socket", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT), AF_UNIX, DATAGRAM, 0);
      MemorySegment own = arena.allocate(110, Short.BYTES);
      own.set(JAVA_SHORT, 0, (short) AF_UNIX);
      MemorySegment.copy(address, 0, own, JAVA_BYTE, Short.BYTES, address.length);
      int length = Short.BYTES + address.length + (isAbstract ? 0 : 1);
      assertThat(call(handle("bind", JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT), socket, own, length))
          .isEqualTo(0);
    }
  }

  @SuppressWarnings("restricted")
  private static MethodHandle handle(
      String function, MemoryLayout result, MemoryLayout... arguments) {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(
        linker.defaultLookup().findOrThrow(function), FunctionDescriptor.of(result, arguments));
  }

  private static Object call(MethodHandle function, Object... arguments) throws Exception {
    try {
      return function.invokeWithArguments(arguments);
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  /** Blocks until something is said. */
  String next() throws Exception {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment room = arena.allocate(MOST);
      long length = (long) call(receive, socket, room, (long) MOST, 0);
      return new String(room.asSlice(0, length).toArray(JAVA_BYTE), UTF_8);
    }
  }

  /** Blocks until something else is said. */
  String nextBut(String said) throws Exception {
    String next = next();
    while (next.equals(said)) {
      next = next();
    }
    return next;
  }

  @Override
  public void close() throws Exception {
    assertThat(call(handle("close", JAVA_INT, JAVA_INT), socket)).isEqualTo(0);
  }
}
