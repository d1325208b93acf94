package dev.stretto.settings;

import java.util.Arrays;
import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Channels' names with {@code *} for any characters. */
public final class NamePattern {

  private NamePattern() {}

  /** Whether it may mean several channels; no channel's name has a {@code *} in it. */
  public static boolean isPattern(String text) {
    return text.contains("*");
  }

  /** Those of the names that a pattern means, sorted. */
  public static Set<String> matching(String pattern, Collection<String> names) {
    Pattern expression =
        Pattern.compile(
            Arrays.stream(pattern.split("[*]", -1))
                .map(Pattern::quote)
                .collect(Collectors.joining(".*")));
    return names.stream()
        .filter(name -> expression.matcher(name).matches())
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
