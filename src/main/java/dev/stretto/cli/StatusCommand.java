package dev.stretto.cli;

import dev.stretto.cli.output.ExitCode;
import dev.stretto.cli.start.CommandContext;
import dev.stretto.cli.start.KnownChannels;
import dev.stretto.cli.start.OpenApplication;
import dev.stretto.outbox.Counting;
import dev.stretto.report.ChannelStatus;
import dev.stretto.report.ChannelStatuses;
import dev.stretto.settings.Channels;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Shows what every channel has waiting, under way and behind it. */
@Command(
    name = "status",
    header = "Show what each channel has waiting, in flight, delivered and parked.",
    synopsisHeading = "%nUsage: ",
    optionListHeading = "%nOptions:%n")
final class StatusCommand implements Callable<Integer> {

  private final CommandContext context;

  @Option(
      names = "--channel",
      paramLabel = "C",
      description = "Only this channel, or those that a pattern such as 'customer-*' means.")
  private @Nullable String channel;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  StatusCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    try (OpenApplication application = context.open()) {
      Channels channels = application.get(Channels.class);
      ChannelStatuses statuses = application.get(ChannelStatuses.class);
      Collection<String> names = KnownChannels.of(channels, statuses.known(), channel);
      // What it has to count anyway is kept, so that nobody counts it again.
      application.get(Counting.class).catchUpIfPossible(names);
      List<ChannelStatus> rows = statuses.of(names);
      if (json) {
        context.json(StatusJson.of(rows, channels));
      } else {
        new StatusTable(rows, channels).lines().forEach(context.out()::println);
      }
    }
    return ExitCode.DONE.code();
  }
}
