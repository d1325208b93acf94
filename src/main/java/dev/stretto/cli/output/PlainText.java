package dev.stretto.cli.output;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Texts for people: numbers, and texts of other systems made safe for a terminal, for they could
 * hold its control sequences.
 */
public final class PlainText {

  private PlainText() {}

  /** On one line; a dash where there is none. */
  public static String line(@Nullable String text) {
    return text == null || text.isBlank()
        ? "-"
        : text.strip().replaceAll("\\s+", " ").replaceAll("\\p{Cntrl}", "?");
  }

  /** On one line of at most so many characters. */
  public static String line(@Nullable String text, int longest) {
    String line = line(text);
    return line.length() <= longest ? line : line.substring(0, longest - 1) + "…";
  }

  /** With its lines as they are. */
  public static String block(String text) {
    return text.replaceAll("[\\p{Cntrl}&&[^\\n\\t]]", "?");
  }

  /** With thousands separators. */
  public static String number(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }
}
