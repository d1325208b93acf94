package dev.stretto.cli;

import dev.stretto.job.RunSummary;
import dev.stretto.job.Runs;
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

  private final Session session;

  @Parameters(
      paramLabel = "RUN",
      description = "The run's number, as runs, status and dispatch --json show it.")
  private long run;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  StopCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws SQLException {
    try (Application application = session.open()) {
      RunSummary asked = application.get(Runs.class).stop(run);
      session.done("run " + asked.run() + " was asked to stop");
      if (json) {
        session.print(fields -> {
          fields.writeNumberProperty("run", asked.run());
          fields.writeStringProperty("channel", asked.channel());
          fields.writeBooleanProperty("asked", true);
        });
      } else {
        session.print(
            "%s: run %d was asked to stop; it finishes what is under way",
            asked.channel(), asked.run());
      }
    }
    return ExitCode.DONE.code();
  }
}
