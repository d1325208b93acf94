package dev.stretto.outbox.admin;

/** A message that was named is not parked, or there is none; the message says which. */
public final class NotParkedException extends RuntimeException {

  NotParkedException(String line) {
    super(line);
  }
}
