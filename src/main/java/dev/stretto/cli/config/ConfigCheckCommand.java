package dev.stretto.cli.config;

import dev.stretto.cli.output.ExitCode;
import dev.stretto.cli.start.ChannelsOption;
import dev.stretto.cli.start.CommandContext;
import dev.stretto.cli.start.ReadConfiguration;
import dev.stretto.cli.start.configuration.WrittenPlaces;
import dev.stretto.settings.SettingsCheck;
import dev.stretto.transport.InvalidSettingException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Says all that is wrong with the configuration, what applies, and what the destinations are. */
@Command(
    name = "check",
    header = "Say all that is wrong with the configuration, and which settings apply.",
    synopsisHeading = "%nUsage: ",
    optionListHeading = "%nOptions:%n",
    description = {
      "",
      "Opens no database and makes no connection, but for --connect, which sends no message."
    },
    footer = {"", "Example: stretto config check --connect --channel space"})
public final class ConfigCheckCommand implements Callable<Integer> {

  private final CommandContext context;

  @Mixin private final ChannelsOption channels = new ChannelsOption();

  @Option(
      names = "--connect",
      description = "Connect to each destination too, and say what is there; sends no message.")
  private boolean connect;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  public ConfigCheckCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() throws InterruptedException {
    ReadConfiguration read = context.configuration();
    SettingsCheck check = new SettingsCheck(read.environment(), read.transports());
    List<InvalidSettingException> mistakes = new ArrayList<>(read.mistakes());
    mistakes.addAll(check.mistakes());
    List<SettingsCheck.Checked> checked = new ArrayList<>();
    for (String name : check.names(channels.named())) {
      SettingsCheck.Checked channel = check.channel(name);
      mistakes.addAll(channel.mistakes());
      if (channel.settings() != null) {
        checked.add(channel);
      }
    }
    List<Destination> destinations = Destination.of(checked);
    Descriptions descriptions = Descriptions.read();
    WrittenPlaces places = new WrittenPlaces(read.environment());
    List<Destination.Seen> seen = connect ? Destination.look(destinations) : List.of();
    if (json) {
      context.json(new CheckJson(places, descriptions).of(mistakes, check, checked, seen));
    } else {
      CheckText text = new CheckText(places, descriptions);
      text.mistakes(mistakes);
      if (mistakes.isEmpty()) {
        text.settings(check.values());
      }
      text.channels(checked);
      text.destinations(seen);
      text.lines().forEach(context.out()::println);
    }
    ExitCode code = mistakes.isEmpty() ? ExitCode.DONE : ExitCode.USAGE;
    return seen.stream().map(Destination.Seen::code).reduce(code, ExitCode::or).code();
  }
}
