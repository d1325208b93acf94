package dev.stretto.settings;

import dev.stretto.transport.InvalidSettingException;
import java.util.regex.Pattern;

/**
 * What a channel may be called: what stays one and the same word as a key of YAML, an option, an
 * HTTP header and a column of every database, and what environment variables can spell.
 */
public final class NameRule {

  private static final int LONGEST = 100;
  private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_-]{0,99}");

  private static final String RULE =
      "can't be a channel's name, which begins with a letter and has letters, digits, - and _, 100"
          + " at the most";

  private NameRule() {}

  static boolean allows(String name) {
    return NAME.matcher(name).matches();
  }

  /**
   * Refuses what can't be a channel's name.
   *
   * @param where the property or option that gives the name, such as {@code --channel}
   * @throws InvalidSettingException with the rule and a name that would do
   */
  public static void require(String where, String name) {
    if (!allows(name)) {
      throw broken(where, name);
    }
  }

  static InvalidSettingException broken(String where, String name) {
    String similar =
        name.strip()
            .replaceAll("[^A-Za-z0-9_-]+", "-")
            .replaceFirst("^[^A-Za-z]+", "")
            .replaceFirst("-+$", "");
    String shown = name.replaceAll("\\p{Cntrl}", "?");
    return new InvalidSettingException(
        where,
        "'"
            + (shown.length() > LONGEST ? shown.substring(0, LONGEST) + "…" : shown)
            + "' "
            + RULE
            + (allows(similar) ? "; " + similar + " would do" : ""));
  }
}
