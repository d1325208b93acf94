package dev.stretto.transport.java;

/** The destination will never take this message: it is not sent again. */
public final class RejectedException extends Exception {

  /**
   * @param reason for people; one line, without secrets
   */
  public RejectedException(String reason) {
    super(reason);
  }
}
