package dev.stretto.cli;

import dev.stretto.batch.RunHistory;
import dev.stretto.batch.RunSummary;
import dev.stretto.cli.output.ExitCode;
import dev.stretto.cli.start.CommandContext;
import dev.stretto.cli.start.OpenApplication;
import java.sql.SQLException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Asks a run in another process to end. */
@Command(
    name = "stop",
    header = "Ask a run to end cleanly, wherever it runs; returns at once.",
    synopsisHeading = "%nUsage: ",
    optionListHeading = "%nOptions:%n",
    description = {
      "",
      "The run sees it within half a second, starts nothing more, finishes and records what is"
          + " under",
      "way, and ends as STOPPED; the next dispatch of its channel carries on."
    })
final class StopCommand implements Callable<Integer> {

  private final CommandContext context;

  @Parameters(
      paramLabel = "RUN",
      description = "The run's number, as runs, status and dispatch --json show it.")
  private long run;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  StopCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() throws SQLException {
    try (OpenApplication application = context.open()) {
      RunSummary asked = application.get(RunHistory.class).stop(run);
      context.done("run " + asked.run() + " was asked to stop");
      if (json) {
        context.json(new Asked(asked.run(), asked.channel(), true));
      } else {
        context.print(
            "%s: run %d was asked to stop; it finishes what is under way",
            asked.channel(), asked.run());
      }
    }
    return ExitCode.DONE.code();
  }

  private record Asked(long run, String channel, boolean asked) {}
}
