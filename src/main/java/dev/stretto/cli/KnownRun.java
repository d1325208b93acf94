package dev.stretto.cli;

import dev.stretto.cli.output.CommandException;
import dev.stretto.cli.output.ExitCode;
import dev.stretto.outbox.RunTable;

/** The run that a command's argument names. */
final class KnownRun {

  private KnownRun() {}

  /**
   * What the outbox knows of the run.
   *
   * @throws CommandException where it never had a channel, or was removed
   */
  static RunTable.Noted find(RunTable runs, long run) {
    return runs.find(run)
        .map(RunTable.Recorded::run)
        .orElseThrow(() ->
            new CommandException(
                ExitCode.FAILED,
                "there is no run "
                    + run
                    + " on record: it never had a channel, or it was removed as an old one; runs"
                    + " shows those there are"));
  }
}
