package dev.stretto.transport.exec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LinesTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | ''",
        "a;bc; | a WHOLE,bc WHOLE",
        ";a;;b | ' WHOLE,a WHOLE, WHOLE,b BROKEN_OFF'",
        "1234;56789;x; | 1234 WHOLE,5678 CUT,x WHOLE",
        "12345678901234567890;x | 1234 CUT,x BROKEN_OFF",
        "12345 | 1234 CUT",
        "1234 | 1234 BROKEN_OFF",
      })
  void endWithALineFeedOrAreCut(String text, String expected) throws IOException {
    byte[] bytes = text.replace(';', '\n').getBytes(UTF_8);
    for (int atOnce : List.of(1, 2, 3, 1000)) {
      assertThat(String.join(",", read(new Pieces(bytes, atOnce)))).isEqualTo(expected);
    }
  }

  private static List<String> read(InputStream in) throws IOException {
    Lines lines = new Lines(in, 4);
    List<String> found = new ArrayList<>();
    for (Lines.Line line = lines.next(); line != null; line = lines.next()) {
      found.add(new String(line.bytes(), UTF_8) + " " + line.end());
    }
    return found;
  }

  /** Gives so many bytes at once. */
  private static final class Pieces extends ByteArrayInputStream {
    private final int atOnce;

    Pieces(byte[] bytes, int atOnce) {
      super(bytes);
      this.atOnce = atOnce;
    }

    @Override
    public synchronized int read(byte[] into, int offset, int length) {
      return super.read(into, offset, Math.min(length, atOnce));
    }
  }
}
