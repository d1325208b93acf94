package dev.stretto.cli;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import dev.stretto.cli.output.CommandException;
import dev.stretto.cli.output.ExitCode;
import dev.stretto.cli.output.PlainText;
import dev.stretto.cli.start.CommandContext;
import dev.stretto.cli.start.KnownChannels;
import dev.stretto.cli.start.OpenApplication;
import dev.stretto.cli.start.StrettoConfiguration;
import dev.stretto.outbox.RunTable;
import dev.stretto.outbox.admin.RecordedMessage;
import dev.stretto.report.ChannelStatuses;
import dev.stretto.report.StartOrder;
import dev.stretto.report.StartOrder.Broken;
import dev.stretto.report.StartOrder.Finding;
import dev.stretto.settings.Channels;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.springframework.core.env.ConfigurableEnvironment;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Proves that first starts kept their order. */
@Command(
    name = "verify",
    header = "Prove from what was recorded that first starts kept their order.",
    synopsisHeading = "%nUsage: ",
    optionListHeading = "%nOptions:%n",
    description = {
      "",
      "That is the order of starts; over HTTP/2 it is the order of arrival too, otherwise its line"
          + " says",
      "that it is not. Where one pair of messages did not keep it, ends with 1 and names the first"
          + " such",
      "pair. Runs with ordering key are judged within each key. What is sent again, after a"
          + " failure,",
      "a redrive or a crash, changes nothing."
    })
final class VerifyCommand implements Callable<Integer> {

  private final CommandContext context;

  @Parameters(
      paramLabel = "RUN",
      arity = "0..1",
      description = "Only the first starts that this run made.")
  private @Nullable Long run;

  @Option(
      names = "--channel",
      paramLabel = "C",
      description = "Only this channel, or those that a pattern such as 'customer-*' means.")
  private @Nullable String channel;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  VerifyCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    try (OpenApplication application = context.open()) {
      RunTable runs = application.get(RunTable.class);
      List<Finding> findings = findings(application, runs);
      ArrivalNote arrival =
          new ArrivalNote(
              application.get(Channels.class),
              StrettoConfiguration.transports(application.get(ConfigurableEnvironment.class)));
      if (json) {
        context.json(
            new Document(
                findings.stream().map(finding -> checked(finding, runs, arrival)).toList()));
      } else {
        findings.forEach(finding -> context.print("%s", line(finding, runs, arrival)));
      }
      return findings.stream().allMatch(finding -> finding.broken() == null)
          ? ExitCode.DONE.code()
          : ExitCode.FAILED.code();
    }
  }

  private List<Finding> findings(OpenApplication application, RunTable runs) {
    StartOrder order = application.get(StartOrder.class);
    if (run != null) {
      RunTable.Noted noted = KnownRun.find(runs, run);
      if (channel != null && !channel.equals(noted.channel())) {
        throw new CommandException(
            ExitCode.USAGE, "--channel: run " + run + " was on channel " + noted.channel());
      }
      return List.of(order.check(noted.channel(), noted.fence()));
    }
    List<Finding> findings = new ArrayList<>();
    for (String name :
        KnownChannels.of(
            application.get(Channels.class),
            application.get(ChannelStatuses.class).known(),
            channel)) {
      findings.add(order.check(name, null));
    }
    return findings;
  }

  private static String line(Finding finding, RunTable runs, ArrivalNote arrival) {
    String channel = finding.channel() + ": ";
    Broken broken = finding.broken();
    if (broken != null) {
      return channel
          + "order broken: "
          + text(broken.earlier(), finding.channel(), runs)
          + " should have started before "
          + text(broken.later(), finding.channel(), runs);
    }
    String unrecorded =
        finding.unrecorded() == 0
            ? ""
            : String.format(
                Locale.ROOT,
                "; %,d not recorded, for the run that claimed them died",
                finding.unrecorded());
    return finding.starts() == 0
        ? channel + "no first start is recorded" + unrecorded
        : channel
            + String.format(
                Locale.ROOT,
                "%,d first start%s kept their order",
                finding.starts(),
                finding.starts() == 1 ? "" : "s")
            + arrival.text(finding.channel())
            + unrecorded;
  }

  private static String text(RecordedMessage message, String channel, RunTable runs) {
    RecordedMessage.Start first = Objects.requireNonNull(message.first());
    return String.format(
        Locale.ROOT,
        "message %s at position %,d%s (start %,d of run %s)",
        PlainText.line(message.messageId()),
        message.position(),
        message.orderingKey() == null ? "" : " with key " + PlainText.line(message.orderingKey()),
        first.number(),
        runs.find(channel, first.fence())
            .map(found -> String.valueOf(found.run().run()))
            .orElse("with fence " + first.fence()));
  }

  private static Checked checked(Finding finding, RunTable runs, ArrivalNote arrival) {
    Broken broken = finding.broken();
    return new Checked(
        finding.channel(),
        finding.starts(),
        finding.unrecorded(),
        broken == null,
        arrival.kept(finding.channel()),
        broken == null ? null : started(broken.earlier(), finding.channel(), runs),
        broken == null ? null : started(broken.later(), finding.channel(), runs));
  }

  private static Started started(RecordedMessage message, String channel, RunTable runs) {
    RecordedMessage.Start first = Objects.requireNonNull(message.first());
    return new Started(
        message.messageId(),
        message.position(),
        message.orderingKey(),
        runs.find(channel, first.fence()).map(found -> found.run().run()).orElse(null),
        first.fence(),
        first.number());
  }

  private record Document(List<Checked> channels) {}

  private record Checked(
      String channel,
      long starts,
      long unrecorded,
      boolean ordered,
      @Nullable Boolean arrivesInOrder,
      @JsonInclude(Include.NON_NULL) @Nullable Started earlier,
      @JsonInclude(Include.NON_NULL) @Nullable Started later) {}

  private record Started(
      String messageId,
      long position,
      @Nullable String key,
      @JsonInclude(Include.NON_NULL) @Nullable Long run,
      long fence,
      long start) {}
}
