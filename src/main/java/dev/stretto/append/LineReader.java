package dev.stretto.append;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads lines of strict UTF-8 and counts them; holds one line and one buffer, however long the
 * input.
 */
final class LineReader {

  /** The longest line in UTF-16 units: what a VARCHAR of H2 holds. */
  static final int MAX_LENGTH = 1_048_576;

  private static final int MAX_BYTES = 3 * MAX_LENGTH + 3;
  private static final char REPLACEMENT = '\uFFFD';
  private static final char BYTE_ORDER_MARK = '\uFEFF';

  private final InputStream in;
  private byte[] buffer = new byte[64 * 1024];
  private int start;
  private int end;
  private boolean ended;
  private long number;

  LineReader(InputStream in) {
    this.in = in;
  }

  /** The number of the line read last, from 1. */
  long number() {
    return number;
  }

  /**
   * The next line without its end ({@code \n} or {@code \r\n}), or null at the end of the input.
   *
   * @throws BadLineException where the line is too long, no UTF-8, or has a NUL
   */
  @Nullable String next() throws IOException {
    int lineEnd = start;
    while (true) {
      while (lineEnd < end && buffer[lineEnd] != '\n') {
        lineEnd++;
      }
      if (lineEnd < end) {
        String line = decode(start, lineEnd);
        start = lineEnd + 1;
        return line;
      }
      if (ended) {
        String line = start < end ? decode(start, end) : null;
        start = end;
        return line;
      }
      lineEnd -= start;
      fill();
      lineEnd += start;
    }
  }

  private void fill() throws IOException {
    if (end - start > MAX_BYTES) {
      number++;
      throw tooLong();
    }
    System.arraycopy(buffer, start, buffer, 0, end - start);
    end -= start;
    start = 0;
    if (end == buffer.length) {
      buffer = Arrays.copyOf(buffer, buffer.length * 2);
    }
    int read = in.read(buffer, end, buffer.length - end);
    ended = read < 0;
    end += Math.max(read, 0);
  }

  private String decode(int from, int to) {
    number++;
    int length = to > from && buffer[to - 1] == '\r' ? to - from - 1 : to - from;
    String line = new String(buffer, from, length, UTF_8);
    if (line.indexOf(REPLACEMENT) >= 0) {
      requireUtf8(from, length);
    }
    if (number == 1 && !line.isEmpty() && line.charAt(0) == BYTE_ORDER_MARK) {
      line = line.substring(1);
    }
    if (line.length() > MAX_LENGTH) {
      throw tooLong();
    }
    if (line.indexOf('\0') >= 0) {
      throw new BadLineException(number, "has a NUL character; JSON has none");
    }
    return line;
  }

  private void requireUtf8(int from, int length) {
    try {
      UTF_8.newDecoder().decode(ByteBuffer.wrap(buffer, from, length));
    } catch (CharacterCodingException e) {
      throw new BadLineException(number, "not UTF-8; convert the input to UTF-8 first");
    }
  }

  private BadLineException tooLong() {
    return new BadLineException(
        number, "longer than 1,048,576 characters; is each message on a line of its own?");
  }
}
