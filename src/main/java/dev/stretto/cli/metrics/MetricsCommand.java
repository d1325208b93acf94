package dev.stretto.cli.metrics;

import dev.stretto.batch.RunHistory;
import dev.stretto.batch.RunHistory.LastRuns;
import dev.stretto.cli.output.CommandException;
import dev.stretto.cli.output.ExitCode;
import dev.stretto.cli.start.ChannelsOption;
import dev.stretto.cli.start.CommandContext;
import dev.stretto.cli.start.KnownChannels;
import dev.stretto.cli.start.OpenApplication;
import dev.stretto.dispatch.Clocks;
import dev.stretto.outbox.Counting;
import dev.stretto.report.ChannelRecord;
import dev.stretto.report.ChannelStatuses;
import dev.stretto.settings.Channels;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
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
      text = text(application);
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

  private String text(OpenApplication application) throws IOException, SQLException {
    Channels channels = application.get(Channels.class);
    ChannelStatuses statuses = application.get(ChannelStatuses.class);
    Collection<String> names = names(channels, statuses.known());
    // What it has to count anyway is kept, so that nobody counts it again.
    application.get(Counting.class).catchUpIfPossible(names);
    List<ChannelRecord> records = names.stream().map(statuses::recordOf).toList();
    Map<String, Long> lastRuns = new HashMap<>();
    for (ChannelRecord record : records) {
      Long run = record.status().lastRun();
      if (run != null) {
        lastRuns.put(record.status().channel(), run);
      }
    }
    Map<String, LastRuns> runs =
        lastRuns.isEmpty() ? Map.of() : application.get(RunHistory.class).last(lastRuns);
    return MetricsText.of(
        format,
        records.stream()
            .map(record -> {
              String name = record.status().channel();
              return new ChannelReading(record, runs.get(name), channels.isConfigured(name));
            })
            .toList(),
        application.get(Clocks.class).clock().instant());
  }

  /** One channel that can't be used says nothing against the others. */
  private Set<String> names(Channels channels, Set<String> stored) {
    Set<String> names = new TreeSet<>();
    selected.named().forEach(pattern -> names.addAll(KnownChannels.of(channels, stored, pattern)));
    if (selected.named().isEmpty()) {
      names.addAll(channels.names());
      names.addAll(stored);
    }
    return names;
  }
}
