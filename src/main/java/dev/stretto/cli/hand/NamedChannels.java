package dev.stretto.cli.hand;

import dev.stretto.cli.start.KnownChannels;
import dev.stretto.cli.start.OpenApplication;
import dev.stretto.report.ChannelStatuses;
import dev.stretto.settings.Channels;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import picocli.CommandLine.Parameters;

/** The channels that a person names as the command's arguments. */
final class NamedChannels {

  @Parameters(
      paramLabel = "CHANNEL",
      arity = "1..*",
      description = "The channels' names, or patterns such as 'customer-*'.")
  private List<String> named = new ArrayList<>();

  /**
   * Those that the configuration or the database has, sorted.
   *
   * @throws dev.stretto.transport.InvalidSettingException where one of them is unknown
   */
  Set<String> of(OpenApplication application) {
    Channels configured = application.get(Channels.class);
    Set<String> stored = application.get(ChannelStatuses.class).known();
    Set<String> names = new TreeSet<>();
    named.forEach(name -> names.addAll(KnownChannels.of(configured, stored, name)));
    return names;
  }
}
