package dev.stretto.transport.exec;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Collection;
import java.util.List;
import java.util.regex.Pattern;

/** What is shown of a program's words: one line, shortened, without the secrets it was given. */
final class ProgramText {

  private static final int LONGEST_REASON = 500;
  private static final int LONGEST_EXCERPT = 200;
  private static final int SHORTEST_SECRET = 8;
  private static final Pattern UNPRINTABLE = Pattern.compile("[\\p{C}\\s]+");

  private final List<String> secrets;

  /**
   * @param given the values of the variables that the settings give to the program
   */
  ProgramText(Collection<String> given) {
    this.secrets = given.stream().filter(value -> value.length() >= SHORTEST_SECRET).toList();
  }

  /** What the program says of a message, or logs. */
  String reason(String text) {
    return shown(text, LONGEST_REASON);
  }

  /** What is shown of a line that is not understood. */
  String excerpt(byte[] line) {
    return shown(new String(line, UTF_8), LONGEST_EXCERPT);
  }

  private String shown(String text, int longest) {
    String open = text;
    for (String secret : secrets) {
      open = open.replace(secret, "***");
    }
    String line = UNPRINTABLE.matcher(open).replaceAll(" ").strip();
    if (line.length() <= longest) {
      return line;
    }
    boolean pair = Character.isHighSurrogate(line.charAt(longest - 1));
    return line.substring(0, pair ? longest - 1 : longest) + "…";
  }
}
