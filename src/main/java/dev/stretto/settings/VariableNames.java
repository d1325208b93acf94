package dev.stretto.settings;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What environment variables such as {@code STRETTO_CHANNELS_MYCHAN_HTTP_URL} mean. Hyphens and
 * underscores of a name are left out or are underscores; so are those of a property.
 */
final class VariableNames {

  static final String ROOT = "STRETTO_CHANNELS_";

  private final KnownProperties known;
  private final Collection<String> declared;

  /**
   * @param declared the channels that variables may say something of; other names are new channels,
   *     in lower case and without hyphens
   */
  VariableNames(KnownProperties known, Collection<String> declared) {
    this.known = known;
    this.declared = List.copyOf(declared);
  }

  /**
   * What a variable means for a channel.
   *
   * @param subtree the transport that alone knows what the rest means, or null
   * @param property relative to the channel; with a subtree, the rest of the variable's name
   * @param problem why it can't be meant, or null where it can
   */
  record Meant(
      String channel, @Nullable String subtree, String property, @Nullable String problem) {

    static Meant nothing(String channel, String problem) {
      return new Meant(channel, null, "", problem);
    }
  }

  /** One way to read a variable. */
  private record Reading(String channel, int length, String rest) {}

  /** What the variable means: for one channel, or why it can't be told for which. */
  List<Meant> meant(String variable) {
    String text = variable.substring(ROOT.length()).toUpperCase(Locale.ROOT);
    List<Reading> readings = readings(text);
    List<Reading> sensible =
        readings.stream().filter(reading -> subtree(reading) != null || isKnown(reading)).toList();
    int longest = sensible.stream().mapToInt(Reading::length).max().orElse(0);
    List<Reading> best = sensible.stream().filter(one -> one.length() == longest).toList();
    if (best.size() > 1) {
      Set<String> channels =
          best.stream().map(Reading::channel).collect(Collectors.toCollection(TreeSet::new));
      String problem =
          "could mean each of the channels "
              + String.join(", ", channels)
              + ": set it in config/application.yaml, or rename one of them";
      return channels.stream().map(channel -> Meant.nothing(channel, problem)).toList();
    }
    Reading reading =
        best.isEmpty()
            ? readings.stream().max(Comparator.comparingInt(Reading::length)).orElseThrow()
            : best.getFirst();
    return List.of(meant(reading));
  }

  private Meant meant(Reading reading) {
    String subtree = subtree(reading);
    if (subtree != null) {
      String rest = reading.rest().substring(subtree.length() + 1);
      return new Meant(reading.channel(), subtree, rest, null);
    }
    String property = known.inVariable(reading.rest());
    return property == null
        ? Meant.nothing(reading.channel(), unknown(reading))
        : new Meant(reading.channel(), null, property, null);
  }

  private @Nullable String subtree(Reading reading) {
    return known.subtreeInVariable(reading.rest());
  }

  private boolean isKnown(Reading reading) {
    return known.inVariable(reading.rest()) != null;
  }

  private String unknown(Reading reading) {
    String similar =
        known
            .similarTo(reading.rest().toLowerCase(Locale.ROOT).replace('_', '-'))
            .map(name -> "; did you mean " + name + "?")
            .orElse("");
    return "there is no such property of a channel " + reading.channel() + similar;
  }

  /** As each of the declared channels that fit; else as a channel of its own. */
  private List<Reading> readings(String text) {
    List<Reading> readings = new ArrayList<>();
    for (String channel : declared) {
      String upper = channel.toUpperCase(Locale.ROOT);
      for (String spelling :
          new TreeSet<>(List.of(upper.replaceAll("[-_]", ""), upper.replace('-', '_')))) {
        if (text.startsWith(spelling + "_")) {
          readings.add(
              new Reading(channel, spelling.length(), text.substring(spelling.length() + 1)));
        }
      }
    }
    if (readings.isEmpty()) {
      int end = text.indexOf('_');
      String channel = end < 0 ? text : text.substring(0, end);
      readings.add(
          new Reading(
              channel.toLowerCase(Locale.ROOT),
              channel.length(),
              end < 0 ? "" : text.substring(end + 1)));
    }
    return readings;
  }
}
