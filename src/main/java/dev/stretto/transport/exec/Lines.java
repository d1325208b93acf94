package dev.stretto.transport.exec;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** The lines of a stream, however long: of each no more than its beginning is held. */
final class Lines {

  private static final int BUFFER = 16 * 1024;

  private final InputStream in;
  private final int longest;
  private final byte[] buffer = new byte[BUFFER];
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private int next;
  private int end;
  private boolean skipping;

  /**
   * @param longest how many bytes of a line are held, 1 or more
   */
  Lines(InputStream in, int longest) {
    this.in = in;
    this.longest = longest;
  }

  /**
   * A line.
   *
   * @param bytes without its end, or only the beginning
   * @param end what its last byte was followed by
   */
  record Line(byte[] bytes, End end) {

    boolean isBlank() {
      return new String(bytes, UTF_8).isBlank();
    }
  }

  /** How a line ends. */
  enum End {
    /** With a line feed. */
    WHOLE,
    /** It is longer; the rest is passed over. */
    CUT,
    /** With the stream. */
    BROKEN_OFF
  }

  /** Blocks for the next line; null at the end. */
  @Nullable Line next() throws IOException {
    line.reset();
    while (next < end || fill()) {
      int from = next;
      while (next < end && buffer[next] != '\n') {
        next++;
      }
      boolean ended = next < end;
      int length = next - from;
      next += ended ? 1 : 0;
      if (!skipping) {
        int room = longest - line.size();
        line.write(buffer, from, Math.min(length, room));
        if (length > room) {
          skipping = !ended;
          return new Line(line.toByteArray(), End.CUT);
        }
        if (ended) {
          return new Line(line.toByteArray(), End.WHOLE);
        }
      }
      skipping &= !ended;
    }
    return line.size() == 0 ? null : new Line(line.toByteArray(), End.BROKEN_OFF);
  }

  private boolean fill() throws IOException {
    next = 0;
    end = Math.max(0, in.read(buffer));
    return end > 0;
  }
}
