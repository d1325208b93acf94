package dev.stretto.cli.parked;

import dev.stretto.cli.output.ExitCode;
import dev.stretto.cli.start.CommandContext;
import dev.stretto.cli.start.OpenApplication;
import dev.stretto.outbox.admin.ParkedMessages.Decision;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Decides that parked messages are never sent. */
@Command(
    name = "discard",
    header = "Never send these parked messages; this can't be undone.",
    synopsisHeading = "%nUsage: ",
    optionListHeading = "%nOptions:%n",
    description = {
      "",
      "They stay in the outbox as DISCARDED until purge removes them. --all needs --channel here."
    },
    footer = {"", "Example: stretto parked discard --all --channel space"})
public final class ParkedDiscardCommand implements Callable<Integer> {

  private final CommandContext context;

  @Mixin private final ParkedChoice choice = new ParkedChoice();

  public ParkedDiscardCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    choice.check(true);
    try (OpenApplication application = context.open()) {
      Map<String, Long> discarded = choice.decide(application, Decision.DISCARD);
      new DecisionReport(context, choice).print("discarded", discarded, "; they are never sent");
    }
    return ExitCode.DONE.code();
  }
}
