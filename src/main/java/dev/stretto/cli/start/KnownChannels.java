package dev.stretto.cli.start;

import dev.stretto.settings.Channels;
import dev.stretto.settings.NamePattern;
import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The channels that a command looks at. */
public final class KnownChannels {

  /** What to say where there is none. */
  public static final String NONE =
      "no channel is configured: add one below stretto.channels in config/application.yaml;"
          + " application.yaml.example shows how";

  private KnownChannels() {}

  /**
   * Those of the configuration and those the database knows, sorted; or only the one named, or
   * those that a pattern means.
   *
   * @param named the value of {@code --channel}, or null for all
   * @throws dev.stretto.transport.InvalidSettingException where the one named is none of them, or
   *     any of all can't be used
   */
  public static Set<String> of(
      Channels channels, Collection<String> stored, @Nullable String named) {
    Set<String> names = new TreeSet<>(channels.names());
    names.addAll(stored);
    if (named == null) {
      channels.requireAll();
      return names;
    }
    if (NamePattern.isPattern(named)) {
      Set<String> meant = NamePattern.matching(named, names);
      return meant.isEmpty() ? channels.matching("--channel", named) : meant;
    }
    require(channels, stored, named);
    return Set.of(named);
  }

  /**
   * Refuses a name of none of them.
   *
   * @throws dev.stretto.transport.InvalidSettingException where it is none, or can't be used
   */
  public static void require(Channels channels, Collection<String> stored, String named) {
    if (!stored.contains(named)) {
      channels.require("--channel", named);
    }
  }
}
