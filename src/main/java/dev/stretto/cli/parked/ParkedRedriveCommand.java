package dev.stretto.cli.parked;

import dev.stretto.cli.output.ExitCode;
import dev.stretto.cli.start.CommandContext;
import dev.stretto.cli.start.OpenApplication;
import dev.stretto.outbox.admin.ParkedMessages.Decision;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Has parked messages sent again. */
@Command(
    name = "redrive",
    header = "Send parked messages again, under their ids, out of order.",
    synopsisHeading = "%nUsage: ",
    optionListHeading = "%nOptions:%n",
    description = {
      "",
      "The run that is under way takes them up within a second or two, or else the next one. They"
          + " keep",
      "their positions but start after later messages, which were not kept waiting."
    },
    footer = {"", "Example: stretto parked redrive --all --channel space"})
public final class ParkedRedriveCommand implements Callable<Integer> {

  private final CommandContext context;

  @Mixin private final ParkedChoice choice = new ParkedChoice();

  public ParkedRedriveCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    choice.check(false);
    try (OpenApplication application = context.open()) {
      Map<String, Long> redriven = choice.decide(application, Decision.REDRIVE);
      new DecisionReport(context, choice)
          .print("redriven", redriven, "; they start out of order, behind later messages");
    }
    return ExitCode.DONE.code();
  }
}
