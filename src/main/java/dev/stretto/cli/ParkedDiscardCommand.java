package dev.stretto.cli;

import dev.stretto.outbox.ParkedMessages.Decision;
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
    description = {"", "They stay in the outbox as DISCARDED until purge removes them."},
    footer = {"", "Example: stretto parked discard --all --channel space"})
final class ParkedDiscardCommand implements Callable<Integer> {

  private final Session session;

  @Mixin private final ParkedChoice choice = new ParkedChoice();

  ParkedDiscardCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    choice.check(true);
    try (Application application = session.open()) {
      Map<String, Long> discarded = choice.decide(application, Decision.DISCARD);
      new DecisionReport(session, choice).print("discarded", discarded, "; they are never sent");
    }
    return ExitCode.DONE.code();
  }
}
