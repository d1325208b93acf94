package dev.stretto.cli.dispatch;

import dev.stretto.batch.RunResult;
import dev.stretto.batch.RunResult.Executed;
import dev.stretto.batch.RunResult.GateClosed;
import dev.stretto.batch.RunResult.Held;
import dev.stretto.batch.RunResult.NotBegun;
import dev.stretto.batch.RunResult.NothingToDo;
import dev.stretto.batch.RunResult.Paused;
import dev.stretto.cli.output.ExitCode;
import dev.stretto.database.DatabaseFault;
import dev.stretto.database.FileFault;
import dev.stretto.dispatch.Stop;
import org.jspecify.annotations.Nullable;

/** The one place where the end of a channel's run becomes an exit code. */
final class RunEnd {

  private RunEnd() {}

  /**
   * What it means to whoever launched the run.
   *
   * @param named whether a person named the channel, so that a held or paused one is not skipped
   */
  static ExitCode code(ChannelRuns.Ended end, boolean named) {
    RunResult result = end.result();
    if (result == null) {
      return databaseUnavailable(end.failure()) ? ExitCode.TRY_LATER : ExitCode.FAILED;
    }
    return code(result, named);
  }

  /** The same of a run that had a result. */
  static ExitCode code(RunResult result, boolean named) {
    return switch (result) {
      case Held _, Paused _ -> named ? ExitCode.TRY_LATER : ExitCode.DONE;
      case NothingToDo _ -> ExitCode.DONE;
      case GateClosed _ -> ExitCode.TRY_LATER;
      case NotBegun unbegun -> code(unbegun, unbegun.stop(), named);
      case Executed run -> code(run, named);
    };
  }

  private static ExitCode code(Executed run, boolean named) {
    Stop stop = run.stop();
    if (stop == null) {
      return run.completed() ? parkedOrDone(run) : ExitCode.FAILED;
    }
    return code(run, stop, named);
  }

  private static ExitCode code(RunResult run, Stop stop, boolean named) {
    return switch (stop.reason()) {
      case TIME_UP -> parkedOrDone(run);
      case ASKED -> run.remaining() > 0 ? ExitCode.TRY_LATER : parkedOrDone(run);
      case PAUSED -> named && run.remaining() > 0 ? ExitCode.TRY_LATER : parkedOrDone(run);
      case UNAVAILABLE, LEASE_LOST, DATABASE_UNAVAILABLE -> ExitCode.TRY_LATER;
      case REFUSED, SWITCHED_OFF, HELD, FAILED, BROKEN -> ExitCode.FAILED;
    };
  }

  private static ExitCode parkedOrDone(RunResult run) {
    return run.counts().parked() > 0 ? ExitCode.PARKED : ExitCode.DONE;
  }

  /** Whether the database could not be worked with for now, so that nothing was recorded. */
  private static boolean databaseUnavailable(@Nullable Exception failure) {
    if (failure == null) {
      return false;
    }
    FileFault file = FileFault.of(failure);
    return file == null ? DatabaseFault.of(failure) != DatabaseFault.OTHER : file.passes();
  }
}
