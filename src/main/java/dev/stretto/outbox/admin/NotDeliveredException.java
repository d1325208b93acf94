package dev.stretto.outbox.admin;

/** A message that was named is not delivered, or there is none; the message says which. */
public final class NotDeliveredException extends RuntimeException {

  NotDeliveredException(String line) {
    super(line);
  }
}
