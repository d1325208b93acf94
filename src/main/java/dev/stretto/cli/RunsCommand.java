package dev.stretto.cli;

import dev.stretto.batch.RunHistory;
import dev.stretto.batch.RunSummary;
import dev.stretto.cli.output.CommandException;
import dev.stretto.cli.output.ExitCode;
import dev.stretto.cli.output.PlainText;
import dev.stretto.cli.output.TextTable;
import dev.stretto.cli.start.CommandContext;
import dev.stretto.cli.start.KnownChannels;
import dev.stretto.cli.start.OpenApplication;
import dev.stretto.report.ChannelStatuses;
import dev.stretto.settings.Channels;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Lists the job's executions. */
@Command(
    name = "runs",
    header = "List the latest runs, newest first, with what each did.",
    synopsisHeading = "%nUsage: ",
    optionListHeading = "%nOptions:%n",
    description = {
      "",
      "Runs with the same JOB carried on one from the other. DEAD is a run that was killed: the"
          + " next",
      "dispatch of its channel carries on."
    })
final class RunsCommand implements Callable<Integer> {

  /** Each run costs some queries, and no screen shows more. */
  private static final int DEFAULT_LIMIT = 20;

  private static final int HIGHEST_LIMIT = 1000;

  private static final List<String> TITLES =
      List.of(
          "RUN",
          "JOB",
          "CHANNEL",
          "STATUS",
          "EXIT",
          "STARTED",
          "ENDED",
          "DELIVERED",
          "PARKED",
          "RETRIED",
          "RESENT");

  private static final int LEFT = 7;

  private final CommandContext context;

  @Option(names = "--channel", paramLabel = "C", description = "Only runs on this channel.")
  private @Nullable String channel;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "The latest N runs, 1 to 1000; the default is 20.")
  private int limit = DEFAULT_LIMIT;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  RunsCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() throws SQLException {
    if (limit < 1 || limit > HIGHEST_LIMIT) {
      throw new CommandException(ExitCode.USAGE, "--limit: must be 1 to 1000, not " + limit);
    }
    try (OpenApplication application = context.open()) {
      if (channel != null) {
        KnownChannels.require(
            application.get(Channels.class),
            application.get(ChannelStatuses.class).known(),
            channel);
      }
      List<RunSummary> runs = application.get(RunHistory.class).latest(channel, limit);
      if (json) {
        context.json(new Document(runs));
      } else if (runs.isEmpty()) {
        context.print("no run yet%s", channel == null ? "" : " on " + channel);
      } else {
        lines(runs).forEach(context.out()::println);
      }
    }
    return ExitCode.DONE.code();
  }

  private static List<String> lines(List<RunSummary> runs) {
    List<List<String>> cells = new ArrayList<>();
    cells.add(TITLES);
    for (RunSummary run : runs) {
      cells.add(
          List.of(
              String.valueOf(run.run()),
              String.valueOf(run.instance()),
              run.channel(),
              run.status(),
              run.exit(),
              time(run.started()),
              time(run.ended()),
              PlainText.number(run.delivered()),
              PlainText.number(run.parked()),
              PlainText.number(run.retried()),
              PlainText.number(run.resent())));
    }
    return TextTable.aligned(cells, LEFT);
  }

  private static String time(@Nullable Instant time) {
    return time == null ? "-" : time.truncatedTo(ChronoUnit.SECONDS).toString();
  }

  private record Document(List<RunSummary> runs) {}
}
