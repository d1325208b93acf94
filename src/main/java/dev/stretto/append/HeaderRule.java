package dev.stretto.append;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a message's headers may be: those that HTTP can carry. */
final class HeaderRule {

  /** Of all headers, as a JSON object. */
  static final int MAX_LENGTH = 8000;

  private static final Pattern NAME = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");

  private HeaderRule() {}

  /**
   * What is wrong with a header's name, or null.
   *
   * @param seen the names before it, in lower case; this one is added
   */
  static @Nullable String nameProblem(String name, Set<String> seen) {
    if (!NAME.matcher(name).matches()) {
      return "headers: the name of a header has a character that is not allowed there";
    }
    return seen.add(name.toLowerCase(Locale.ROOT)) ? null : "headers: " + name + " is given twice";
  }

  /** What is wrong with a header's value, or null. */
  static @Nullable String valueProblem(String name, String value) {
    return value.chars().anyMatch(c -> c != '\t' && Character.isISOControl(c))
        ? "headers: " + name + " has a control character"
        : null;
  }

  static String tooLong() {
    return "headers are longer than 8,000 characters";
  }
}
