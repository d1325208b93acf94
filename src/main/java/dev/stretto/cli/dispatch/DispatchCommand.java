package dev.stretto.cli.dispatch;

import dev.stretto.batch.IdleUpkeep;
import dev.stretto.batch.RunLauncher;
import dev.stretto.cli.output.CommandException;
import dev.stretto.cli.output.ExitCode;
import dev.stretto.cli.start.CommandContext;
import dev.stretto.cli.start.ConnectionLoans;
import dev.stretto.cli.start.KnownChannels;
import dev.stretto.cli.start.OpenApplication;
import dev.stretto.cli.start.Signals;
import dev.stretto.cli.start.Unconfigured;
import dev.stretto.report.ChannelStatuses;
import dev.stretto.run.ChannelOpener;
import dev.stretto.run.RunOptions;
import dev.stretto.settings.Channels;
import dev.stretto.settings.DurationText;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The main job: sends what waits, channel beside channel, until it is done. */
@Command(
    name = "dispatch",
    header = "Send the waiting messages: calls start in order and overlap.",
    synopsisHeading = "%nUsage: ",
    optionListHeading = "%nOptions:%n",
    description = {
      "",
      "Without --channel, every configured channel is dispatched, side by side; one that another"
          + " run",
      "holds, or that is paused, is skipped. Ends when everything is sent; SIGTERM or Ctrl-C lets"
          + " the calls",
      "under way end and records them, a second Ctrl-C ends at once. Whatever ended a run, the next"
          + " carries on."
    })
public final class DispatchCommand implements Callable<Integer> {

  private final CommandContext context;

  @Option(
      names = "--channel",
      paramLabel = "C",
      description =
          "Only this channel, or those that a pattern such as 'customer-*' means; may be repeated.")
  private List<String> named = new ArrayList<>();

  @Option(names = "--limit", paramLabel = "N", description = "Start at most N messages a channel.")
  private @Nullable Long limit;

  @Option(
      names = "--for",
      paramLabel = "T",
      description = "Start messages for this long, such as 50s or 5m, and then end.")
  private @Nullable String time;

  @Option(
      names = "--window",
      paramLabel = "N",
      description = "The most messages under way at once, instead of the channel's setting.")
  private @Nullable Integer window;

  @Option(
      names = "--rate",
      paramLabel = "R",
      description = "The most starts in a time, such as 20/s, instead of the channel's setting.")
  private @Nullable String rate;

  @Option(
      names = "--ordering",
      paramLabel = "O",
      description = "start, key or strict, instead of the channel's setting.")
  private @Nullable String ordering;

  @Option(names = "--dry-run", description = "Show what would be sent, and send nothing.")
  private boolean dryRun;

  @Option(names = "--json", description = "Print a line of JSON for each channel.")
  private boolean json;

  public DispatchCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() throws InterruptedException {
    RunOptions options = options();
    DispatchReport report = new DispatchReport(context, json);
    WorkCheck look = new WorkCheck(options, this::names);
    Optional<OpenApplication> opened =
        context.openUnless(environment -> !dryRun && look.findsNothing(environment));
    if (opened.isEmpty()) {
      look.results().forEach(report::ended);
      return look.code(named).code();
    }
    try (StuckWatch watch = new StuckWatch();
        OpenApplication application = opened.get()) {
      return dispatch(application, options, report, watch).code();
    }
  }

  private ExitCode dispatch(
      OpenApplication application, RunOptions options, DispatchReport report, StuckWatch watch)
      throws InterruptedException {
    ChannelOpener opener = application.get(ChannelOpener.class);
    RunLauncher launcher = application.get(RunLauncher.class);
    try (OpenChannels channels =
        OpenChannels.open(opener, names(application.get(Channels.class)), options)) {
      channels.faults().forEach(report::refused);
      if (named.isEmpty()) {
        Unconfigured.waiting(
                application.get(Channels.class),
                application.get(ChannelStatuses.class).known(),
                launcher::waiting)
            .forEach((channel, count) -> context.warn(Unconfigured.warning(channel, count)));
      }
      ExitCode refused = channels.faults().isEmpty() ? ExitCode.DONE : ExitCode.USAGE;
      if (dryRun || channels.count() == 0) {
        IdleUpkeep idle = application.get(IdleUpkeep.class);
        channels.forEach(channel ->
            report.plan(channel, launcher.waiting(channel.name()), idle.paused(channel.name())));
        return refused;
      }
      ChannelRuns runs =
          new ChannelRuns(
              launcher,
              application.get(IdleUpkeep.class),
              options,
              Set.copyOf(named),
              application.get(Channels.class).maxChannels());
      Signals.onFirst(signal -> {
        runs.stop(signal);
        application.hurry();
      });
      watch.begin(
          runs, application.get(ConnectionLoans.class), application.get(Channels.class).lease());
      try (Progress progress =
          Progress.of(runs, () -> channels.waiting(launcher), most(channels.count()))) {
        runs.start(channels);
        return refused.or(runs.await(ended -> progress.interrupt(() -> report.ended(ended))));
      }
    }
  }

  /** What the limit allows all channels together. */
  private long most(int channels) {
    return limit == null || limit > Long.MAX_VALUE / channels ? Long.MAX_VALUE : limit * channels;
  }

  private Set<String> names(Channels configured) {
    if (!named.isEmpty()) {
      Set<String> meant = new LinkedHashSet<>();
      named.forEach(pattern -> meant.addAll(configured.matching("--channel", pattern)));
      return meant;
    }
    if (configured.names().isEmpty()) {
      throw new CommandException(ExitCode.USAGE, KnownChannels.NONE);
    }
    return new LinkedHashSet<>(configured.names());
  }

  private RunOptions options() {
    return new RunOptions(
        limit, time == null ? null : DurationText.parse("--for", time), window, rate, ordering);
  }
}
