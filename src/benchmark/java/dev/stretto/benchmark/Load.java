package dev.stretto.benchmark;

import java.util.List;
import java.util.stream.IntStream;

/**
 * What is asked of whoever sends.
 *
 * @param version of HTTP: {@code 1.1}, or {@code 2} in cleartext
 * @param delay how long an answer takes
 * @param window the most calls of a channel under way
 * @param channels how many channels there are, side by side
 */
record Load(String version, Delay delay, int window, int channels) {

  /** Of a single channel. */
  Load(String version, Delay delay, int window) {
    this(version, delay, window, 1);
  }

  /** The channels' names. */
  List<String> names() {
    return channels == 1
        ? List.of("space")
        : IntStream.range(0, channels).mapToObj(number -> "space" + number).toList();
  }

  String label() {
    String all = channels == 1 ? "" : "%,d channels, ".formatted(channels);
    return all + "HTTP/" + version + ", " + delay.label() + ", window " + window;
  }
}
