package dev.stretto.cli;

import dev.stretto.cli.output.CommandException;
import dev.stretto.cli.output.ExitCode;
import dev.stretto.cli.start.CommandContext;
import dev.stretto.cli.start.Signals;
import dev.stretto.cli.start.StrettoConfiguration;
import dev.stretto.settings.DurationText;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Shows what every channel has waiting, under way and behind it. */
@Command(
    name = "status",
    header = "Show what each channel has waiting, in flight, delivered and parked.",
    synopsisHeading = "%nUsage: ",
    optionListHeading = "%nOptions:%n")
final class StatusCommand implements Callable<Integer> {

  private static final Duration SHORTEST = Duration.ofMillis(200);
  private static final Duration LONGEST = Duration.ofHours(1);

  private final CommandContext context;

  @Option(
      names = "--channel",
      paramLabel = "C",
      description = "Only this channel, or those that a pattern such as 'customer-*' means.")
  private @Nullable String channel;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  StatusCommand(CommandContext context) {
    this.context = context;
  }

  @Option(
      names = "--watch",
      paramLabel = "T",
      arity = "0..1",
      fallbackValue = "2s",
      description =
          "Show it again and again, every 2s or every T, with how many are delivered a second;"
              + " Ctrl-C ends that.")
  private @Nullable String watch;

  @Override
  public Integer call() throws InterruptedException {
    Duration period = watch == null ? null : period(watch);
    try (StatusReader reader = new StatusReader(context, channel)) {
      if (period != null) {
        watch(reader, period);
        return ExitCode.DONE.code();
      }
      StatusWatch.Seen seen = reader.read();
      if (json) {
        context.json(StatusJson.of(seen.rows(), seen.channels(), Map.of()));
      } else {
        new StatusTable(seen.rows(), seen.channels(), null).lines().forEach(context.out()::println);
      }
    }
    return ExitCode.DONE.code();
  }

  private static Duration period(String text) {
    Duration period = DurationText.parse("--watch", text);
    if (period.compareTo(SHORTEST) < 0 || period.compareTo(LONGEST) > 0) {
      throw new CommandException(ExitCode.USAGE, "--watch: must be from 200ms to 1h, not " + text);
    }
    return period;
  }

  private void watch(StatusReader reader, Duration period) throws InterruptedException {
    CountDownLatch over = new CountDownLatch(1);
    Signals.onFirst(signal -> over.countDown());
    try (WatchScreen screen = new WatchScreen(context.out(), WatchScreen.isTerminal())) {
      new StatusWatch(context, reader, screen, json, StrettoConfiguration.clock(), System::nanoTime)
          .run(period, time -> over.await(time.toNanos(), TimeUnit.NANOSECONDS));
    }
  }
}
