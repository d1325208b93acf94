package dev.stretto.cli.hand;

import dev.stretto.cli.output.CommandException;
import dev.stretto.cli.output.ExitCode;
import dev.stretto.cli.start.CommandContext;
import dev.stretto.cli.start.KnownChannels;
import dev.stretto.cli.start.OpenApplication;
import dev.stretto.outbox.admin.DeliveredMessages;
import dev.stretto.outbox.admin.DeliveredMessages.Filter;
import dev.stretto.report.ChannelStatuses;
import dev.stretto.settings.Channels;
import dev.stretto.settings.DurationText;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Has delivered messages sent again. */
@Command(
    name = "replay",
    header = "Send delivered messages again, under their ids, out of order.",
    synopsisHeading = "%nUsage: ",
    customSynopsis = {
      "stretto replay CHANNEL --id ID... [--dry-run] [--json]",
      "       stretto replay CHANNEL [--key=K] [--from=T] [--to=T] [--dry-run] [--json]"
    },
    optionListHeading = "%nOptions:%n",
    description = {
      "",
      "The run that is under way takes them up within a second or two, or else the next one. They"
          + " keep",
      "their ids and positions and start in position order among themselves; their attempts go on",
      "counting. A receiver that goes by Idempotency-Key sees what it has seen before. What was"
          + " purged,",
      "parked or discarded is not sent."
    },
    footer = {"", "Example: stretto replay space --from 2h --dry-run"})
public final class ReplayCommand implements Callable<Integer> {

  private final CommandContext context;

  @Parameters(paramLabel = "CHANNEL", description = "The channel's name.")
  private String channel = "";

  @Option(
      names = "--id",
      paramLabel = "ID",
      arity = "1..*",
      description = "The messages' ids; all of them must be delivered, or nothing is changed.")
  private List<String> ids = new ArrayList<>();

  @Option(names = "--key", paramLabel = "K", description = "Those of this ordering key.")
  private @Nullable String key;

  @Option(
      names = "--from",
      paramLabel = "T",
      description =
          "Those delivered at this time or later: an instant such as 2026-01-31T12:00:00Z, or how"
              + " long ago, such as 2h.")
  private @Nullable String from;

  @Option(
      names = "--to",
      paramLabel = "T",
      description = "Those delivered before this time; the default is now.")
  private @Nullable String to;

  @Option(names = "--dry-run", description = "Say how many there are, and change nothing.")
  private boolean dryRun;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  public ReplayCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    check();
    try (OpenApplication application =
        ids.isEmpty() ? context.openForOthersToo() : context.open()) {
      Channels configured = application.get(Channels.class);
      KnownChannels.require(configured, application.get(ChannelStatuses.class).known(), channel);
      if (!configured.isConfigured(channel)) {
        context.warn(
            channel + ": not in the configuration, so that no dispatch sends its messages");
      }
      DeliveredMessages delivered = application.get(DeliveredMessages.class);
      if (ids.isEmpty()) {
        Filter filter = filter(delivered.now());
        print(
            dryRun ? delivered.count(channel, filter) : delivered.replay(channel, filter),
            delivered.purged(channel));
      } else {
        print(dryRun ? delivered.count(channel, ids) : delivered.replay(channel, ids), 0);
      }
    }
    return ExitCode.DONE.code();
  }

  private void check() {
    boolean filtered = key != null || from != null || to != null;
    if (!ids.isEmpty() && filtered) {
      throw new CommandException(
          ExitCode.USAGE, "--id: does not go with --key, --from or --to; give one or the other");
    }
    if (ids.isEmpty() && key == null && from == null) {
      throw new CommandException(
          ExitCode.USAGE, "name what to send again, by --id, --key or --from");
    }
  }

  private Filter filter(Instant now) {
    Instant begin = from == null ? null : time("--from", from, now);
    Instant end = to == null ? now : time("--to", to, now);
    if (begin != null && !begin.isBefore(end)) {
      throw new CommandException(ExitCode.USAGE, "--from: must be before --to, which is " + end);
    }
    return new Filter(key, begin, end);
  }

  private static Instant time(String option, String text, Instant now) {
    try {
      return OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeParseException e) {
      if (text.contains("-") || text.contains(":")) {
        throw new CommandException(
            ExitCode.USAGE,
            option
                + ": must be an instant with its zone, such as 2026-01-31T12:00:00Z or"
                + " 2026-01-31T13:00:00+01:00, or a time ago such as 2h, not "
                + text);
      }
      Duration ago = DurationText.parse(option, text);
      return now.minus(ago);
    }
  }

  private void print(long messages, long purged) {
    if (!dryRun) {
      context.done("%,d message%s of %s replayed".formatted(messages, plural(messages), channel));
    }
    if (json) {
      context.json(new Replayed(channel, messages, dryRun ? 0 : messages, purged));
      return;
    }
    if (dryRun) {
      context.print("%s: would send %,d message%s again", channel, messages, plural(messages));
    } else {
      context.print(
          "%s: %,d message%s replayed%s",
          channel,
          messages,
          plural(messages),
          messages == 0 ? "" : "; they start out of order, behind later messages");
    }
    if (purged > 0) {
      context.print(
          "%s: %,d message%s with earlier places %s purged, and can't be sent again",
          channel, purged, plural(purged), purged == 1 ? "was" : "were");
    }
  }

  private static String plural(long count) {
    return count == 1 ? "" : "s";
  }

  private record Replayed(String channel, long found, long replayed, long purged) {}
}
