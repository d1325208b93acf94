package dev.stretto.cli.output;

import org.jspecify.annotations.Nullable;

/** What is worth reading in an exception's message. */
public final class ErrorText {

  private ErrorText() {}

  public static <T extends Throwable> @Nullable T find(Throwable failure, Class<T> type) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (type.isInstance(cause)) {
        return type.cast(cause);
      }
    }
    return null;
  }

  public static String firstLine(Throwable failure) {
    String message = failure.getMessage();
    return message == null || message.isBlank()
        ? failure.getClass().getSimpleName()
        : message.strip().lines().findFirst().orElse("");
  }
}
