package dev.stretto.batch;

/** A run that was named does not run, or there is none; the message says which. */
public final class NotRunningException extends RuntimeException {

  NotRunningException(String line) {
    super(line);
  }
}
