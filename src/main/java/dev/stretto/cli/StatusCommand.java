package dev.stretto.cli;

import dev.stretto.job.Channels;
import dev.stretto.report.ChannelStatus;
import dev.stretto.report.ChannelStatuses;
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

  private final Session session;

  @Option(names = "--channel", paramLabel = "C", description = "Only this channel.")
  private @Nullable String channel;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  StatusCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    try (Application application = session.open()) {
      Channels channels = application.get(Channels.class);
      ChannelStatuses statuses = application.get(ChannelStatuses.class);
      List<ChannelStatus> rows = statuses.of(KnownChannels.of(channels, statuses.known(), channel));
      if (json) {
        session.print(new StatusJson(rows, channels));
      } else {
        new StatusTable(rows, channels).lines().forEach(session.out()::println);
      }
    }
    return ExitCode.DONE.code();
  }
}
