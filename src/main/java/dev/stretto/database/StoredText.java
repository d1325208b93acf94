package dev.stretto.database;

import org.jspecify.annotations.Nullable;

/** Text from elsewhere, such as a destination's answer, made fit for a column of any vendor. */
public final class StoredText {

  private StoredText() {}

  /**
   * Cuts what is too long, between characters; replaces NUL, which PostgreSQL stores in no text.
   *
   * @param longest in UTF-16 units, 1 or more
   */
  public static @Nullable String of(@Nullable String text, int longest) {
    if (text == null) {
      return null;
    }
    String whole = text.replace('\0', '\uFFFD');
    if (whole.length() <= longest) {
      return whole;
    }
    int end = Character.isHighSurrogate(whole.charAt(longest - 1)) ? longest - 1 : longest;
    return whole.substring(0, end);
  }
}
