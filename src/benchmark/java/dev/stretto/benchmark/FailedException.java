package dev.stretto.benchmark;

/** A case did not come to its end; the message is one line for the table. */
final class FailedException extends Exception {

  private static final long serialVersionUID = 1;

  FailedException(String message) {
    super(message);
  }
}
