package dev.stretto.report;

import java.time.Duration;
import java.util.Locale;

/** Texts as the page shows them. */
final class Texts {

  private Texts() {}

  /** For HTML, in an element or an attribute; what HTML can't hold becomes a question mark. */
  static String escaped(String text) {
    StringBuilder escaped = new StringBuilder(text.length() + 16);
    text.codePoints()
        .forEach(c -> {
          switch (c) {
            case '&' -> escaped.append("&amp;");
            case '<' -> escaped.append("&lt;");
            case '>' -> escaped.append("&gt;");
            case '"' -> escaped.append("&quot;");
            case '\'' -> escaped.append("&#39;");
            case '\n', '\t' -> escaped.append(' ');
            default -> {
              boolean shown = !Character.isISOControl(c) && (c < 0xD800 || c > 0xDFFF);
              escaped.appendCodePoint(shown ? c : '?');
            }
          }
        });
    return escaped.toString();
  }

  static String text(String form, Object... values) {
    return String.format(Locale.ROOT, form, values);
  }

  static String number(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  static String decimal(double number) {
    return String.format(Locale.ROOT, "%.2f", number);
  }

  static String time(Duration time) {
    long millis = time.toMillis();
    if (millis < 1000) {
      return millis + " ms";
    }
    if (millis < 60_000) {
      return String.format(Locale.ROOT, millis % 1000 == 0 ? "%.0f s" : "%.2f s", millis / 1000.0);
    }
    return time.toHours() > 0
        ? time.toHours() + " h " + time.toMinutesPart() + " min"
        : time.toMinutes()
            + " min"
            + (time.toSecondsPart() > 0 ? " " + time.toSecondsPart() + " s" : "");
  }
}
