package dev.stretto.transport.http.request;

import java.io.Serial;

/** A value can't stand where the template has it; the text goes on behind the value's name. */
final class UnfitValueException extends RuntimeException {

  @Serial private static final long serialVersionUID = 1;

  UnfitValueException(String problem) {
    super(problem, null, false, false);
  }

  /** The one that this is, or was caused by; or else what a missing value is. */
  static String problem(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof UnfitValueException unfit) {
        return String.valueOf(unfit.getMessage());
      }
    }
    return "is missing in the message";
  }
}
