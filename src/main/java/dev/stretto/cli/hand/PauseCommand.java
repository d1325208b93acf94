package dev.stretto.cli.hand;

import dev.stretto.cli.output.CommandException;
import dev.stretto.cli.output.ExitCode;
import dev.stretto.cli.output.PlainText;
import dev.stretto.cli.start.CommandContext;
import dev.stretto.cli.start.OpenApplication;
import dev.stretto.database.Durability;
import dev.stretto.lease.Pause;
import dev.stretto.lease.Pauses;
import dev.stretto.report.ChannelStatus;
import dev.stretto.report.ChannelStatuses;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Has nothing start on channels until somebody resumes them. */
@Command(
    name = "pause",
    header = "Have nothing start on a channel until it is resumed.",
    synopsisHeading = "%nUsage: ",
    optionListHeading = "%nOptions:%n",
    description = {
      "",
      "A run that is under way sees it within half a second, starts nothing more, finishes and"
          + " records",
      "what is under way, and ends; later runs leave the channel out. Producers go on appending."
    },
    footer = {"", "Example: stretto pause space --reason 'their release, until 14:00'"})
public final class PauseCommand implements Callable<Integer> {

  private static final int LONGEST_NAME = 200;
  private static final int LONGEST_REASON = 500;

  private final CommandContext context;

  @Mixin private final NamedChannels channels = new NamedChannels();

  @Option(
      names = "--reason",
      paramLabel = "TEXT",
      description = "Why, for whoever looks at status: at most 500 characters, on one line.")
  private @Nullable String reason;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  public PauseCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() throws SQLException {
    checkReason();
    List<Paused> paused = new ArrayList<>();
    try (OpenApplication application = context.open()) {
      Pauses pauses = new Pauses(application.get(JdbcTemplate.class));
      for (String channel : channels.of(application)) {
        boolean changed = pauses.pause(channel, who(), reason);
        context.done(channel + " was paused");
        // Somebody else may have resumed it already.
        Pause pause = pauses.of(channel);
        if (pause != null) {
          paused.add(new Paused(channel, changed, pause.since(), pause.by(), pause.reason()));
          print(application, channel, changed, pause);
        }
      }
      application.get(Durability.class).sync();
    }
    if (json) {
      context.json(new Document(paused));
    }
    return ExitCode.DONE.code();
  }

  private void checkReason() {
    if (reason == null) {
      return;
    }
    if (reason.isBlank() || reason.length() > LONGEST_REASON) {
      throw new CommandException(
          ExitCode.USAGE, "--reason: must have 1 to " + LONGEST_REASON + " characters");
    }
    if (reason.chars().anyMatch(Character::isISOControl)) {
      throw new CommandException(
          ExitCode.USAGE, "--reason: must be one line without control characters");
    }
  }

  private void print(OpenApplication application, String channel, boolean changed, Pause pause) {
    if (json) {
      return;
    }
    if (!changed) {
      context.print("%s: was paused before; %s", channel, PlainText.line(pause.text()));
      return;
    }
    ChannelStatus.Lease lease =
        application.get(ChannelStatuses.class).of(List.of(channel)).getFirst().lease();
    context.print(
        "%s: paused%s",
        channel,
        lease == null || lease.run() == null || !lease.remaining().isPositive()
            ? "; nothing starts until stretto resume " + channel
            : "; run " + lease.run() + " starts nothing more, and ends what is under way");
  }

  /** Who gives the command, as far as the machine knows. */
  private static String who() {
    String name =
        Objects.requireNonNullElse(System.getProperty("user.name"), "somebody") + "@" + host();
    return name.substring(0, Math.min(LONGEST_NAME, name.length()));
  }

  private static String host() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "unknown host";
    }
  }

  private record Document(List<Paused> channels) {}

  private record Paused(
      String channel, boolean changed, Instant since, String by, @Nullable String reason) {}
}
