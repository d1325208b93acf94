package dev.stretto.benchmark;

import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * What is asked of whoever sends.
 *
 * @param version of HTTP: {@code 1.1}, or {@code 2} in cleartext
 * @param delay how long an answer takes
 * @param window the most calls of a channel under way
 * @param channels how many channels there are, side by side
 * @param size of a payload in bytes; 0 for some ten
 */
record Load(String version, Delay delay, int window, int channels, int size) {

  /** Of small payloads, in a single channel. */
  Load(String version, Delay delay, int window) {
    this(version, delay, window, 1, 0);
  }

  /** JSON of that size, which can't be compressed to much less. */
  static String payload(int size) {
    return new Random(size)
        .ints(size - 2L, 'A', 'Z' + 1)
        .collect(
            () -> new StringBuilder("\""), StringBuilder::appendCodePoint, StringBuilder::append)
        .append('"')
        .toString();
  }

  /** The channels' names. */
  List<String> names() {
    return channels == 1
        ? List.of("space")
        : IntStream.range(0, channels).mapToObj(number -> "space" + number).toList();
  }

  String label() {
    String all = channels == 1 ? "" : "%,d channels, ".formatted(channels);
    String each = size == 0 ? "" : "%,d KB, ".formatted(size / 1000);
    return all + each + "HTTP/" + version + ", " + delay.label() + ", window " + window;
  }
}
