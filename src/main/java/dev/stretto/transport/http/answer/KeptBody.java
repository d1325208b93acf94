package dev.stretto.transport.http.answer;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** The beginning of an answer's body, as it comes. Thread-safe. */
public final class KeptBody {

  private static final int FIRST_ROOM = 512;

  private final int limit;
  private byte[] bytes = {};
  private int length;
  private boolean cut;
  private boolean ended;

  /**
   * @param limit how many bytes are kept, 0 or more
   */
  KeptBody(int limit) {
    this.limit = limit;
  }

  /** Keeps what there is room for. */
  public synchronized void add(ByteBuffer content) {
    int more = Math.min(content.remaining(), limit - length);
    cut |= more < content.remaining();
    if (length + more > bytes.length) {
      int room = Math.max(Math.max(FIRST_ROOM, length + more), 2 * bytes.length);
      bytes = Arrays.copyOf(bytes, Math.min(limit, room));
    }
    content.get(bytes, length, more);
    length += more;
  }

  /** All of it has come. */
  public synchronized void end() {
    ended = true;
  }

  /** Whether nothing of it is missing. */
  synchronized boolean whole() {
    return ended && !cut;
  }

  synchronized byte[] bytes() {
    return Arrays.copyOf(bytes, length);
  }

  int limit() {
    return limit;
  }
}
