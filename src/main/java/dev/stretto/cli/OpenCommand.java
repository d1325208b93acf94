package dev.stretto.cli;

import dev.stretto.cli.output.ExitCode;
import dev.stretto.cli.start.CommandContext;
import dev.stretto.cli.start.KnownChannels;
import dev.stretto.cli.start.OpenApplication;
import dev.stretto.outbox.ChannelGates;
import dev.stretto.outbox.KeyTable;
import dev.stretto.report.ChannelStatus;
import dev.stretto.report.ChannelStatuses;
import dev.stretto.settings.Channels;
import java.util.List;
import java.util.concurrent.Callable;
import org.springframework.jdbc.core.JdbcTemplate;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Opens the gate of a channel that the destination's answer has closed. */
@Command(
    name = "open",
    header = "Let a channel start calls at once, whatever pause its destination asked for.",
    synopsisHeading = "%nUsage: ",
    optionListHeading = "%nOptions:%n",
    description = {
      "",
      "A pause that an answer asked for binds later runs too, for as long as a day; status says"
          + " so. Those of single ordering keys are forgotten too.",
      "A run that is under way keeps to it: stop it first."
    },
    footer = {"", "Example: stretto open space"})
final class OpenCommand implements Callable<Integer> {

  private final CommandContext context;

  @Parameters(paramLabel = "CHANNEL", description = "The channel's name.")
  private String channel = "";

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  OpenCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    try (OpenApplication application = context.open()) {
      ChannelStatuses statuses = application.get(ChannelStatuses.class);
      KnownChannels.require(application.get(Channels.class), statuses.known(), channel);
      JdbcTemplate jdbc = application.get(JdbcTemplate.class);
      boolean keys = new KeyTable(jdbc).clear(channel);
      boolean opened = new ChannelGates(jdbc).open(channel) || keys;
      if (json) {
        context.json(new Opened(channel, opened));
      } else {
        context.print("%s: %s", channel, opened ? opened(statuses) : "its gate was open");
      }
    }
    return ExitCode.DONE.code();
  }

  private String opened(ChannelStatuses statuses) {
    ChannelStatus.Lease lease = statuses.of(List.of(channel)).getFirst().lease();
    return lease == null || lease.run() == null || !lease.remaining().isPositive()
        ? "open; the next dispatch starts calls at once"
        : "open for the next dispatch; run "
            + lease.run()
            + " is under way and keeps to its pause: stretto stop "
            + lease.run();
  }

  private record Opened(String channel, boolean opened) {}
}
