package dev.stretto.append;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LineReaderTest {

  @Test
  void keepsEverythingButTheLineEnd() throws IOException {
    assertThat(read(bytes("a \r\n\tb\r\r\n\n  \nlast")))
        .containsExactly("a ", "\tb\r", "", "  ", "last");
  }

  @Test
  void anEmptyInputHasNoLine() throws IOException {
    assertThat(read(new byte[0])).isEmpty();
  }

  @Test
  void leavesOutAByteOrderMarkAtTheStartOnly() throws IOException {
    assertThat(read(bytes("\uFEFFa\n\uFEFFb"))).containsExactly("a", "\uFEFFb");
  }

  @Test
  void keepsAReplacementCharacterThatIsInTheInput() throws IOException {
    assertThat(read(bytes("\uFFFD"))).containsExactly("\uFFFD");
  }

  @ParameterizedTest
  @ValueSource(ints = {0xff, 0xc0, 0x80, 0xed})
  void refusesWhatIsNotUtf8(int octet) {
    byte[] input = bytes("fine\n?x\n");
    input[5] = (byte) octet;

    assertThatThrownBy(() -> read(input))
        .isInstanceOf(BadLineException.class)
        .hasMessageStartingWith("line 2: not UTF-8");
  }

  @Test
  void refusesNul() {
    assertThatThrownBy(() -> read(bytes("1\n2\n\0"))).hasMessageStartingWith("line 3: has a NUL");
  }

  @Test
  void takesTheLongestLineAndNothingLonger() throws IOException {
    String longest = "x".repeat(LineReader.MAX_LENGTH);

    assertThat(read(bytes(longest + "\n1"))).containsExactly(longest, "1");
    assertThatThrownBy(() -> read(bytes("1\n" + longest + "x")))
        .hasMessageStartingWith("line 2: longer than 1,048,576 characters");
  }

  @Test
  void countsCharactersAndNotBytes() throws IOException {
    String longest = "\u20ac".repeat(LineReader.MAX_LENGTH);

    assertThat(read(bytes(longest + "\n"))).containsExactly(longest);
  }

  @Test
  void givesUpOnALineThatNeverEnds() {
    InputStream endless =
        new InputStream() {
          @Override
          public int read() {
            return 'x';
          }
        };

    assertThatThrownBy(() -> new LineReader(endless).next())
        .hasMessageStartingWith("line 1: longer than");
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void readsTheSameLinesHoweverTheInputArrives(long seed) throws IOException {
    Random random = new Random(seed);
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      lines.add("\u00e4b\u20ac".repeat(random.nextInt(i % 20 == 0 ? 40_000 : 50)));
    }
    InputStream bits =
        new ByteArrayInputStream(bytes(String.join("\n", lines) + "\n")) {
          @Override
          public synchronized int read(byte[] bytes, int offset, int length) {
            return super.read(bytes, offset, Math.min(length, 1 + random.nextInt(5_000)));
          }
        };

    assertThat(read(bits)).as("seed %d", seed).isEqualTo(lines);
  }

  private static List<String> read(byte[] input) throws IOException {
    return read(new ByteArrayInputStream(input));
  }

  private static List<String> read(InputStream input) throws IOException {
    LineReader reader = new LineReader(input);
    List<String> lines = new ArrayList<>();
    for (String line = reader.next(); line != null; line = reader.next()) {
      lines.add(line);
      assertThat(reader.number()).isEqualTo(lines.size());
    }
    return lines;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }
}
