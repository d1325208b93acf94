package dev.stretto.cli.metrics;

import dev.stretto.cli.output.CommandException;
import dev.stretto.cli.output.ExitCode;
import dev.stretto.cli.start.ChannelsOption;
import dev.stretto.cli.start.CommandContext;
import dev.stretto.cli.start.OpenApplication;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Writes every channel's state for Prometheus, whether or not anything runs. */
@Command(
    name = "metrics",
    header = "Write each channel's state as metrics for Prometheus.",
    synopsisHeading = "%nUsage: ",
    optionListHeading = "%nOptions:%n",
    description = {
      "",
      "Reads the database, also while nothing runs. A file is replaced at once, so that whoever"
          + " reads it",
      "never sees half of one."
    },
    footer = {"", "Example: stretto metrics --out /var/lib/node_exporter/stretto.prom"})
public final class MetricsCommand implements Callable<Integer> {

  private final CommandContext context;

  @Mixin private final ChannelsOption selected = new ChannelsOption();

  @Option(
      names = "--out",
      paramLabel = "F",
      description = "The file to write; standard output where none is named.")
  private @Nullable String out;

  @Option(
      names = "--format",
      paramLabel = "T",
      description =
          "prometheus, the default, which node_exporter's textfile collector reads, or"
              + " openmetrics.")
  private Format format = Format.PROMETHEUS;

  public MetricsCommand(CommandContext context) {
    this.context = context;
  }

  /** How the text is written. */
  enum Format {
    /** The Prometheus text format 0.0.4. */
    PROMETHEUS,
    /** OpenMetrics 1.0, whose names of counters the textfile collector does not know as such. */
    OPENMETRICS
  }

  @Override
  public Integer call() throws IOException, SQLException {
    ReplacedFile file = out == null ? null : file(out);
    String text;
    try (OpenApplication application = context.open()) {
      ChannelReadings readings = new ChannelReadings(application);
      text = MetricsText.of(format, readings.of(selected.named()), readings.now());
    }
    if (file == null) {
      context.out().print(text);
    } else {
      file.write(text);
    }
    return ExitCode.DONE.code();
  }

  private static ReplacedFile file(String out) {
    try {
      ReplacedFile file = new ReplacedFile(Path.of(out).toAbsolutePath());
      if (file.writable()) {
        return file;
      }
    } catch (InvalidPathException e) {
      // told below
    }
    throw new CommandException(
        ExitCode.USAGE, "--out: the file " + out + " can't be written in that folder");
  }
}
