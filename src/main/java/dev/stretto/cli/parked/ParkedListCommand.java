package dev.stretto.cli.parked;

import dev.stretto.cli.output.CommandException;
import dev.stretto.cli.output.ExitCode;
import dev.stretto.cli.output.PlainText;
import dev.stretto.cli.output.TextTable;
import dev.stretto.cli.start.CommandContext;
import dev.stretto.cli.start.KnownChannels;
import dev.stretto.cli.start.OpenApplication;
import dev.stretto.outbox.admin.ParkedMessage;
import dev.stretto.outbox.admin.ParkedMessages;
import dev.stretto.settings.Channels;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Lists what is parked, page by page. */
@Command(
    name = "list",
    header = "List what is parked, in position order, with the last answer.",
    synopsisHeading = "%nUsage: ",
    optionListHeading = "%nOptions:%n")
public final class ParkedListCommand implements Callable<Integer> {

  /** A screen or two; who wants all of them says so, or reads the JSON. */
  private static final long DEFAULT_LIMIT = 100;

  private static final int LONGEST_ANSWER = 80;

  private static final List<String> TITLES =
      List.of("CHANNEL", "MESSAGE ID", "KEY", "PARKED", "LAST ANSWER", "POSITION", "ATTEMPTS");

  private static final int LEFT = 5;

  private final CommandContext context;

  @Option(
      names = "--channel",
      paramLabel = "C",
      description = "Only this channel, or those that a pattern such as 'customer-*' means.")
  private @Nullable String channel;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "At most N messages; the default is 100, and all of them with --json.")
  private @Nullable Long limit;

  @Option(names = "--json", description = "Print a line of JSON for each message.")
  private boolean json;

  public ParkedListCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    if (limit != null && limit < 1) {
      throw new CommandException(ExitCode.USAGE, "--limit: must be 1 or more, not " + limit);
    }
    try (OpenApplication application = context.open()) {
      ParkedMessages parked = application.get(ParkedMessages.class);
      Set<String> channels =
          KnownChannels.of(application.get(Channels.class), parked.channels(), channel);
      long most = limit != null ? limit : json ? Long.MAX_VALUE : DEFAULT_LIMIT;
      long shown = print(parked, channels, most);
      if (!json) {
        long more = channels.stream().mapToLong(parked::count).sum() - shown;
        if (shown == 0) {
          context.print("nothing is parked%s", channel == null ? "" : " in " + channel);
        } else if (more > 0) {
          context.print("and %,d more: --limit shows more of them", more);
        }
      }
    }
    return ExitCode.DONE.code();
  }

  private long print(ParkedMessages parked, Set<String> channels, long most) {
    long left = most;
    for (String name : channels) {
      List<ParkedMessage> page = left == 0 ? List.of() : parked.list(name, 0, left);
      while (!page.isEmpty() && !context.unheard()) {
        if (json) {
          page.forEach(message -> context.json(ParkedJson.of(message)));
        } else {
          lines(page, left == most).forEach(context.out()::println);
        }
        left -= page.size();
        page = left == 0 ? List.of() : parked.list(name, page.getLast().position(), left);
      }
    }
    return most - left;
  }

  private static List<String> lines(List<ParkedMessage> page, boolean titles) {
    List<List<String>> cells = new ArrayList<>();
    if (titles) {
      cells.add(TITLES);
    }
    for (ParkedMessage message : page) {
      cells.add(
          List.of(
              message.channel(),
              PlainText.line(message.messageId()),
              PlainText.line(message.orderingKey()),
              PlainText.line(message.parkedAt() == null ? null : message.parkedAt().toString()),
              PlainText.line(message.lastError(), LONGEST_ANSWER),
              String.format(Locale.ROOT, "%,d", message.position()),
              String.format(Locale.ROOT, "%,d", message.attempts())));
    }
    return TextTable.aligned(cells, LEFT);
  }
}
