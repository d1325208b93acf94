package dev.stretto.settings;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Finds the word that was probably meant. */
public final class Spelling {

  private static final int SIMILAR = 3;

  private Spelling() {}

  /** The nearest of the words; empty where none is near. */
  public static Optional<String> nearest(Collection<String> words, String written) {
    return words.stream()
        .filter(word -> distance(word, written) <= Math.min(SIMILAR, written.length() / 2))
        .min(Comparator.comparingInt(word -> distance(word, written)));
  }

  /** How many letters must be changed, added or left out to make one word of the other. */
  private static int distance(String one, String other) {
    int[] row = new int[other.length() + 1];
    for (int i = 0; i <= one.length(); i++) {
      int diagonal = i - 1;
      for (int j = 0; j <= other.length(); j++) {
        int above = row[j];
        if (i == 0) {
          row[j] = j;
        } else if (j == 0) {
          row[j] = i;
        } else {
          int change = diagonal + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
          row[j] = Math.min(change, 1 + Math.min(above, row[j - 1]));
        }
        diagonal = above;
      }
    }
    return row[other.length()];
  }
}
