package dev.stretto.transport.http.answer;

import dev.stretto.transport.InvalidSettingException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Statuses from one to another, both included. */
record StatusRange(int first, int last) {

  private static final Pattern CLASS = Pattern.compile("([2-5])xx");
  private static final Pattern RANGE = Pattern.compile("([2-5]\\d\\d)(?:\\s*-\\s*([2-5]\\d\\d))?");

  /**
   * Reads a status, a hundred of them or a range.
   *
   * @throws InvalidSettingException naming the property
   */
  static StatusRange of(String property, String text) {
    Matcher hundred = CLASS.matcher(text.strip().toLowerCase(Locale.ROOT));
    if (hundred.matches()) {
      int first = 100 * Integer.parseInt(hundred.group(1));
      return new StatusRange(first, first + 99);
    }
    Matcher range = RANGE.matcher(text.strip());
    if (range.matches()) {
      int first = Integer.parseInt(range.group(1));
      int last = range.group(2) == null ? first : Integer.parseInt(range.group(2));
      if (first <= last) {
        return new StatusRange(first, last);
      }
    }
    throw new InvalidSettingException(
        property, "'" + text + "' is no final status; use one like 200, 4xx or 500-504");
  }

  boolean has(int status) {
    return first <= status && status <= last;
  }
}
