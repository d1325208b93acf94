package dev.stretto.benchmark;

/**
 * What is asked of whoever sends.
 *
 * @param version of HTTP: {@code 1.1}, or {@code 2} in cleartext
 * @param delay how long an answer takes
 * @param window the most calls under way
 */
record Load(String version, Delay delay, int window) {

  String label() {
    return "HTTP/" + version + ", " + delay.label() + ", window " + window;
  }
}
