package dev.stretto.cli;

import dev.stretto.outbox.OutboxRuns;

/** The run that a command's argument names. */
final class RunOption {

  private RunOption() {}

  /**
   * What the outbox knows of the run.
   *
   * @throws CommandException where it never had a channel
   */
  static OutboxRuns.Noted find(OutboxRuns runs, long run) {
    return runs.find(run)
        .map(OutboxRuns.Recorded::run)
        .orElseThrow(() ->
            new CommandException(
                ExitCode.FAILED, "no run " + run + " ever had a channel; runs shows them"));
  }
}
