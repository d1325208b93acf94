package dev.stretto.cli;

import dev.stretto.batch.OldRuns;
import dev.stretto.cli.output.ExitCode;
import dev.stretto.cli.start.CommandContext;
import dev.stretto.cli.start.KnownChannels;
import dev.stretto.cli.start.OpenApplication;
import dev.stretto.outbox.SettledMessages;
import dev.stretto.report.ChannelStatuses;
import dev.stretto.settings.Channels;
import dev.stretto.settings.DurationText;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Removes messages that were settled long ago, and runs that ended long ago. */
@Command(
    name = "purge",
    header = "Remove messages that were delivered or discarded long ago, and old runs.",
    synopsisHeading = "%nUsage: ",
    optionListHeading = "%nOptions:%n",
    description = {
      "",
      "Parked messages stay: redrive or discard them first. A message id that was removed is no"
          + " longer",
      "known, so that an append of the same id stores it anew. stretto.retention does the same at"
          + " the",
      "end of each dispatch. Of the runs that ended as long ago the last of each channel stays, and"
          + " what",
      "was cut short and not carried on."
    },
    footer = {"", "Example: stretto purge --older-than 30d"})
final class PurgeCommand implements Callable<Integer> {

  private final CommandContext context;

  @Option(
      names = "--older-than",
      required = true,
      paramLabel = "T",
      description = "What was settled longer ago than this, such as 30d or 12h.")
  private String olderThan = "";

  @Option(
      names = "--channel",
      paramLabel = "C",
      description = "Only this channel, or those that a pattern such as 'customer-*' means.")
  private @Nullable String channel;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  PurgeCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    Duration age = DurationText.parse("--older-than", olderThan);
    try (OpenApplication application = context.open()) {
      SettledMessages settled = application.get(SettledMessages.class);
      OldRuns runs = application.get(OldRuns.class);
      Collection<String> names =
          KnownChannels.of(
              application.get(Channels.class),
              application.get(ChannelStatuses.class).known(),
              channel);
      Map<String, Long> purged = new LinkedHashMap<>();
      for (String name : names) {
        long count = settled.purge(name, age);
        if (count > 0) {
          purged.put(name, count);
        }
      }
      print(
          purged,
          channel == null
              ? runs.remove(null, age, Long.MAX_VALUE)
              : names.stream().mapToLong(name -> runs.remove(name, age, Long.MAX_VALUE)).sum());
    }
    return ExitCode.DONE.code();
  }

  private void print(Map<String, Long> purged, long runs) {
    long total = purged.values().stream().mapToLong(Long::longValue).sum();
    context.done("purged " + total + " messages and " + runs + " runs");
    if (json) {
      context.json(new Purged(total, purged, runs));
      return;
    }
    if (purged.isEmpty()) {
      context.print("nothing was settled longer than %s ago", olderThan);
    } else {
      purged.forEach((name, count) ->
          context.print("%s: %,d message%s purged", name, count, count == 1 ? "" : "s"));
    }
    if (runs > 0) {
      context.print("%,d run%s removed", runs, runs == 1 ? "" : "s");
    }
  }

  private record Purged(long purged, Map<String, Long> channels, long runs) {}
}
