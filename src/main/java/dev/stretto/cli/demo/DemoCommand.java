package dev.stretto.cli.demo;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.stretto.append.Appender;
import dev.stretto.batch.RunLauncher;
import dev.stretto.cli.output.CommandException;
import dev.stretto.cli.output.ExitCode;
import dev.stretto.cli.start.CommandContext;
import dev.stretto.cli.start.OpenApplication;
import dev.stretto.dispatch.Counts;
import dev.stretto.run.ChannelOpener;
import dev.stretto.run.OpenChannel;
import dev.stretto.run.RunOptions;
import dev.stretto.settings.DurationText;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The whole thing at once: a receiver on loopback, messages appended, dispatched, and compared. */
@Command(
    name = "demo",
    header = "Show ordered, overlapped dispatch on this machine, in a temporary folder.",
    synopsisHeading = "%nUsage: ",
    optionListHeading = "%nOptions:%n")
public final class DemoCommand implements Callable<Integer> {

  private static final String CHANNEL = "demo";

  private final CommandContext context;

  @Option(names = "--messages", paramLabel = "N", description = "How many; the default is 200.")
  private int messages = 200;

  @Option(
      names = "--delay",
      paramLabel = "T",
      description = "How long the receiver takes to answer each; the default is 50ms.")
  private String delay = "50ms";

  @Option(
      names = "--window",
      paramLabel = "N",
      description = "The most under way at once; the default is 64.")
  private int window = 64;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  public DemoCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() throws Exception {
    if (messages < 1) {
      throw new CommandException(ExitCode.USAGE, "--messages: must be 1 or more, not " + messages);
    }
    Duration each = DurationText.parse("--delay", delay);
    Path folder = Files.createTempDirectory("stretto-demo");
    try (DemoReceiver receiver = new DemoReceiver(each)) {
      return demonstrate(receiver, folder, each).code();
    } finally {
      delete(folder);
    }
  }

  private ExitCode demonstrate(DemoReceiver receiver, Path folder, Duration each) throws Exception {
    try (OpenApplication application = context.with(settings(receiver, folder)).open()) {
      say(
          String.format(Locale.ROOT, "%,d", messages)
              + " messages in an outbox, for a receiver on this machine that takes "
              + delay
              + " to answer each.");
      application
          .get(Appender.class)
          .append(lines(), new Appender.Input(CHANNEL, null, "application/json", false));
      Counts counts = dispatch(application);
      DemoReceiver.Totals totals = receiver.totals();
      DemoSummary summary = new DemoSummary(each.multipliedBy(messages), counts, totals, messages);
      if (json) {
        context.json(summary.document());
      } else {
        summary.lines().forEach(line -> context.print("%s", line));
      }
      return summary.good() ? ExitCode.DONE : ExitCode.FAILED;
    }
  }

  private static Counts dispatch(OpenApplication application) throws Exception {
    try (OpenChannel channel =
        application.get(ChannelOpener.class).open(CHANNEL, RunOptions.NONE)) {
      return application
          .get(RunLauncher.class)
          .dispatch(channel, RunOptions.NONE, run -> {})
          .counts();
    }
  }

  private void say(String line) {
    if (!json) {
      context.print("%s", line);
      context.flush();
    }
  }

  private ByteArrayInputStream lines() {
    return new ByteArrayInputStream(
        IntStream.rangeClosed(1, messages)
            .mapToObj(n -> "{\"text\":\"message " + n + "\"}\n")
            .collect(Collectors.joining())
            .getBytes(UTF_8));
  }

  /** Settings of its own, so that a user's configuration has no part in it. */
  private List<String> settings(DemoReceiver receiver, Path folder) {
    String channel = "--stretto.channels." + CHANNEL + ".";
    return List.of(
        "--spring.config.location=" + CommandContext.DEFAULTS,
        "--spring.datasource.url=jdbc:h2:file:" + folder.resolve("stretto"),
        channel + "transport=http",
        channel + "window=" + window,
        channel + "http.url=http://127.0.0.1:" + receiver.port() + "/",
        channel + "http.version=2");
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
