package dev.stretto.append;

/**
 * A line of the input is no message. Its own message is one line, such as {@code line 17: not JSON:
 * …}.
 */
public final class BadLineException extends RuntimeException {

  private final long line;

  BadLineException(long line, String problem) {
    super("line " + line + ": " + problem);
    this.line = line;
  }

  /** The number of the line in the input, from 1. */
  public long line() {
    return line;
  }
}
