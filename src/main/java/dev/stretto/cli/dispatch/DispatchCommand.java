package dev.stretto.cli.dispatch;

import dev.stretto.batch.IdleUpkeep;
import dev.stretto.batch.RunLauncher;
import dev.stretto.batch.RunResult;
import dev.stretto.cli.metrics.MetricsEndpoint;
import dev.stretto.cli.output.CommandException;
import dev.stretto.cli.output.ExitCode;
import dev.stretto.cli.start.ChannelsOption;
import dev.stretto.cli.start.CommandContext;
import dev.stretto.cli.start.ConnectionLoans;
import dev.stretto.cli.start.KnownChannels;
import dev.stretto.cli.start.OpenApplication;
import dev.stretto.cli.start.Signals;
import dev.stretto.cli.start.Unconfigured;
import dev.stretto.cli.supervise.Readiness;
import dev.stretto.dispatch.Clocks;
import dev.stretto.follow.Arrivals;
import dev.stretto.follow.Listening;
import dev.stretto.report.ChannelStatuses;
import dev.stretto.run.ChannelOpener;
import dev.stretto.run.RunOptions;
import dev.stretto.settings.Channels;
import dev.stretto.settings.DurationText;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
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
      "holds, or that is paused, is skipped. Ends when everything is sent, or stays with --follow;"
          + " SIGTERM or Ctrl-C lets",
      "the calls under way end and records them, a second Ctrl-C ends at once. Whatever ended a"
          + " run, the next carries on."
    })
public final class DispatchCommand implements Callable<Integer> {

  private final CommandContext context;

  @Mixin private final ChannelsOption selected = new ChannelsOption();

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

  @Mixin private StayOptions stayOptions = new StayOptions();

  @Option(names = "--json", description = "Print a line of JSON for each channel.")
  private boolean json;

  public DispatchCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() throws InterruptedException {
    stayOptions.check(limit != null, dryRun);
    RunOptions options = options();
    Schedule schedule = stayOptions.schedule();
    DispatchReport report = new DispatchReport(context, json);
    WorkCheck look = new WorkCheck(options, this::names);
    boolean inFull = dryRun || stayOptions.stays();
    try (Readiness readiness = Readiness.of(stayOptions.readyFile(), System.getenv())) {
      Optional<OpenApplication> opened =
          context.openUnless(environment -> !inFull && look.findsNothing(environment));
      if (opened.isEmpty()) {
        look.results().forEach(report::ended);
        return look.code(selected.named()).code();
      }
      try (StuckWatch watch = new StuckWatch();
          OpenApplication application = opened.get()) {
        return dispatch(new Opened(application, watch), options, report, schedule, readiness)
            .code();
      }
    }
  }

  private record Opened(OpenApplication application, StuckWatch watch) {}

  private ExitCode dispatch(
      Opened opened,
      RunOptions options,
      DispatchReport report,
      @Nullable Schedule schedule,
      Readiness readiness)
      throws InterruptedException {
    OpenApplication application = opened.application();
    ChannelOpener opener = application.get(ChannelOpener.class);
    RunLauncher launcher = application.get(RunLauncher.class);
    try (OpenChannels channels =
        OpenChannels.open(opener, names(application.get(Channels.class)), options)) {
      channels.faults().forEach(report::refused);
      if (selected.named().isEmpty()) {
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
      Dispatching dispatching = new Dispatching(opened, channels, options, report);
      Integer port = application.get(Channels.class).metricsPort();
      try (MetricsEndpoint _ =
          port == null || !stayOptions.stays() ? null : MetricsEndpoint.start(application, port)) {
        ExitCode code =
            schedule == null
                ? once(dispatching, readiness)
                : scheduled(dispatching, schedule, refused, readiness);
        return refused.or(code);
      }
    }
  }

  /** What there is to dispatch, and how. */
  private record Dispatching(
      Opened opened, OpenChannels channels, RunOptions options, DispatchReport report) {

    private OpenApplication application() {
      return opened.application();
    }

    private Set<String> names() {
      Set<String> names = new LinkedHashSet<>();
      channels.forEach(channel -> names.add(channel.name()));
      return names;
    }
  }

  private ExitCode once(Dispatching dispatching, Readiness readiness) throws InterruptedException {
    OpenApplication application = dispatching.application();
    Arrivals arrivals = stayOptions.follow() ? application.get(Arrivals.class) : null;
    ChannelRuns runs =
        runs(
            dispatching,
            arrivals == null ? null : new Stay(arrivals, stayOptions.standby(), readiness));
    Signals.onFirst(signal -> {
      readiness.stopping();
      runs.stop(signal);
      application.hurry();
    });
    if (arrivals == null) {
      return await(dispatching, runs);
    }
    application.get(Listening.class).start();
    readiness.begin(dispatching.names(), () -> arrivals.alive() && runs.counts().inFlight() >= 0);
    Duration longest = dispatching.options().time();
    if (longest != null) {
      CompletableFuture.delayedExecutor(longest.toMillis(), TimeUnit.MILLISECONDS)
          .execute(() -> runs.stop("the time is up"));
    }
    return await(dispatching, runs);
  }

  private ExitCode scheduled(
      Dispatching dispatching, Schedule schedule, ExitCode refused, Readiness readiness)
      throws InterruptedException {
    InstantSource clock = dispatching.application().get(Clocks.class).clock();
    ScheduledRuns ticks = new ScheduledRuns(schedule, clock.withZone(ZoneId.systemDefault()));
    Signals.onFirst(signal -> {
      readiness.stopping();
      ticks.stop(signal);
      dispatching.application().hurry();
    });
    readiness.begin(Set.of(), ticks::alive);
    return ticks.await(() -> {
      ChannelRuns runs = runs(dispatching, null);
      ticks.runs(runs);
      return refused.or(await(dispatching, runs));
    });
  }

  private ChannelRuns runs(Dispatching dispatching, @Nullable Stay stay) {
    OpenApplication application = dispatching.application();
    return new ChannelRuns(
        application.get(RunLauncher.class),
        application.get(IdleUpkeep.class),
        dispatching.options(),
        Set.copyOf(selected.named()),
        application.get(Channels.class).maxChannels(),
        stay);
  }

  private ExitCode await(Dispatching dispatching, ChannelRuns runs) throws InterruptedException {
    OpenApplication application = dispatching.application();
    OpenChannels channels = dispatching.channels();
    DispatchReport report = dispatching.report();
    dispatching
        .opened()
        .watch()
        .begin(
            runs, application.get(ConnectionLoans.class), application.get(Channels.class).lease());
    try (Progress progress = progress(dispatching, runs)) {
      runs.start(channels);
      return runs.await(ended -> progress.interrupt(() -> told(report, ended)));
    }
  }

  /** What stays has no end that could be shown. */
  private Progress progress(Dispatching dispatching, ChannelRuns runs) {
    RunLauncher launcher = dispatching.application().get(RunLauncher.class);
    OpenChannels channels = dispatching.channels();
    return stayOptions.follow()
        ? Progress.none()
        : Progress.of(runs, () -> channels.waiting(launcher), most(channels.count()));
  }

  /** Of a process that stays, nobody wants to read that there was nothing to do. */
  private void told(DispatchReport report, ChannelRuns.Ended ended) {
    if (!stayOptions.stays() || !(ended.result() instanceof RunResult.NothingToDo)) {
      report.ended(ended);
    }
  }

  /** What the limit allows all channels together. */
  private long most(int channels) {
    return limit == null || limit > Long.MAX_VALUE / channels ? Long.MAX_VALUE : limit * channels;
  }

  private Set<String> names(Channels configured) {
    if (!selected.named().isEmpty()) {
      Set<String> meant = new LinkedHashSet<>();
      selected.named().forEach(pattern -> meant.addAll(configured.matching("--channel", pattern)));
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
