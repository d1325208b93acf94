package dev.stretto.transport.http.answer;

import java.util.Collection;
import java.util.List;
import java.util.regex.Pattern;

/** What is shown of an answer's body: its beginning, on one line, without the secrets we sent. */
public final class AnswerText {

  /** How much of a body, in bytes or characters, is looked at for this. */
  public static final int EXCERPT = 4096;

  private static final int SHOWN = 512;
  private static final int SHORTEST_SECRET = 8;
  private static final Pattern UNPRINTABLE = Pattern.compile("[\\p{C}\\s]+");

  private final List<Collection<String>> words;

  /**
   * @param words what a destination was sent beside the message, some of which may be secret; may
   *     change, and be changed by any thread
   */
  AnswerText(List<Collection<String>> words) {
    this.words = words;
  }

  /** What the body says; empty where it says nothing that could be read. */
  String of(AnswerBody body) {
    List<String> secrets =
        words.stream()
            .flatMap(Collection::stream)
            .filter(word -> word.length() >= SHORTEST_SECRET)
            .distinct()
            .toList();
    boolean cut = !body.whole() || body.text().length() > EXCERPT;
    String text = body.text().substring(0, Math.min(EXCERPT, body.text().length()));
    for (String secret : secrets) {
      text = text.replace(secret, "***");
    }
    return shortened(oneLine(cut ? withoutBegunSecret(text, secrets) : text));
  }

  /** Where the body was cut inside a secret, its beginning would be shown. */
  private static String withoutBegunSecret(String text, List<String> secrets) {
    int end = text.length();
    for (String secret : secrets) {
      for (int begun = Math.min(secret.length(), text.length()); begun > 0; begun--) {
        if (text.regionMatches(text.length() - begun, secret, 0, begun)) {
          end = Math.min(end, text.length() - begun);
          break;
        }
      }
    }
    return text.substring(0, end);
  }

  private static String shortened(String line) {
    if (line.length() <= SHOWN) {
      return line;
    }
    boolean pair = Character.isHighSurrogate(line.charAt(SHOWN - 1));
    return line.substring(0, pair ? SHOWN - 1 : SHOWN) + "…";
  }

  /** The text without line breaks and other control characters. */
  public static String oneLine(String text) {
    return UNPRINTABLE.matcher(text).replaceAll(" ").strip();
  }
}
