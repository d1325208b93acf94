package dev.stretto.cli;

import dev.stretto.outbox.ParkedMessages.Decision;
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
final class ParkedRedriveCommand implements Callable<Integer> {

  private final Session session;

  @Mixin private final ParkedChoice choice = new ParkedChoice();

  ParkedRedriveCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    choice.check(false);
    try (Application application = session.open()) {
      Map<String, Long> redriven = choice.decide(application, Decision.REDRIVE);
      new DecisionReport(session, choice)
          .print("redriven", redriven, "; they start out of order, behind later messages");
    }
    return ExitCode.DONE.code();
  }
}
