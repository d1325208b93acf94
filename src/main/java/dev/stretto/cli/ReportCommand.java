package dev.stretto.cli;

import dev.stretto.batch.RunHistory;
import dev.stretto.batch.RunSummary;
import dev.stretto.cli.output.CommandException;
import dev.stretto.cli.output.ExitCode;
import dev.stretto.cli.output.PlainText;
import dev.stretto.cli.start.CommandContext;
import dev.stretto.cli.start.OpenApplication;
import dev.stretto.outbox.RunTable;
import dev.stretto.outbox.admin.RecordedMessages;
import dev.stretto.report.RunPage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Draws a run. */
@Command(
    name = "report",
    header = "Draw a run: its overlapped calls, latency, throughput and failures, on one page.",
    synopsisHeading = "%nUsage: ",
    optionListHeading = "%nOptions:%n",
    description = {
      "",
      "The page needs nothing but a browser, and shows no payload. Purged messages are missing."
    },
    footer = {"", "Example: stretto report 7 --out run-7.html"})
final class ReportCommand implements Callable<Integer> {

  private final CommandContext context;

  @Parameters(paramLabel = "RUN", description = "The run's number, as runs shows it.")
  private long run;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "F",
      description = "The file to write; one that is there is replaced.")
  private String out = "";

  @Option(names = "--json", description = "Print JSON about the page.")
  private boolean json;

  ReportCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() throws IOException, SQLException {
    Path file = file();
    try (OpenApplication application = context.open()) {
      RunTable runs = application.get(RunTable.class);
      RunTable.Noted noted = KnownRun.find(runs, run);
      RunPage.Page page =
          RunPage.of(
              runs.find(run).orElseThrow(),
              application.get(RecordedMessages.class),
              facts(noted, application.get(RunHistory.class).find(run)));
      Files.writeString(file, page.html());
      if (json) {
        context.json(new Written(run, noted.channel(), page.calls(), out));
      } else {
        context.print("wrote %s, with %,d calls of run %d", out, page.calls(), run);
      }
    }
    return ExitCode.DONE.code();
  }

  private Path file() {
    try {
      Path file = Path.of(out);
      Path folder = file.toAbsolutePath().getParent();
      boolean there = Files.exists(file);
      if (folder != null
          && Files.isDirectory(folder)
          && (there
              ? Files.isRegularFile(file) && Files.isWritable(file)
              : Files.isWritable(folder))) {
        return file;
      }
    } catch (InvalidPathException e) {
      // told below
    }
    throw new CommandException(ExitCode.USAGE, "--out: the file " + out + " can't be written");
  }

  private static Map<String, String> facts(RunTable.Noted noted, @Nullable RunSummary summary) {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("Ordering", noted.ordering().toLowerCase(Locale.ROOT));
    facts.put("Fence", String.valueOf(noted.fence()));
    if (summary != null) {
      facts.put("Status", summary.status());
      facts.put("Started", text(summary.started()));
      facts.put("Ended", text(summary.ended()));
      facts.put("Delivered", PlainText.number(summary.delivered()));
      facts.put("Parked", PlainText.number(summary.parked()));
      facts.put("Retried", PlainText.number(summary.retried()));
      facts.put("Sent again after a crash", PlainText.number(summary.resent()));
    }
    return facts;
  }

  private static String text(@Nullable Instant time) {
    return time == null ? "-" : time.toString();
  }

  private record Written(long run, String channel, long calls, String file) {}
}
