package dev.stretto.transport;

import java.util.regex.Pattern;

/** Makes the reason of an outcome of what a client says: one line, and not a long one. */
public final class ReasonText {

  private static final int LONGEST = 500;
  private static final Pattern UNPRINTABLE = Pattern.compile("[\\p{C}\\s]+");

  private ReasonText() {}

  /** The exception's kind, and its message where it has one. */
  public static String of(Throwable thrown) {
    String kind = thrown.getClass().getSimpleName();
    String message = thrown.getMessage();
    return message == null || message.isBlank() ? kind : oneLine(kind + ": " + message);
  }

  /** The text on one line, cut where it is long. */
  public static String oneLine(String text) {
    String line = UNPRINTABLE.matcher(text).replaceAll(" ").strip();
    if (line.length() <= LONGEST) {
      return line;
    }
    boolean pair = Character.isHighSurrogate(line.charAt(LONGEST - 1));
    return line.substring(0, pair ? LONGEST - 1 : LONGEST) + "…";
  }
}
