package dev.stretto.cli.dispatch;

import dev.stretto.batch.RunResult;
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
   * @param named whether a person named the channel, so that a held one is not skipped
   */
  static ExitCode code(ChannelRuns.Ended end, boolean named) {
    RunResult result = end.result();
    if (result == null) {
      return databaseUnavailable(end.failure()) ? ExitCode.TRY_LATER : ExitCode.FAILED;
    }
    if (result.status().equals(RunResult.HELD)) {
      return named ? ExitCode.TRY_LATER : ExitCode.DONE;
    }
    Stop stop = result.stop();
    if (stop == null) {
      return result.status().equals("COMPLETED") ? parkedOrDone(result) : ExitCode.FAILED;
    }
    return switch (stop.reason()) {
      case TIME_UP -> parkedOrDone(result);
      case ASKED -> result.remaining() > 0 ? ExitCode.TRY_LATER : parkedOrDone(result);
      case UNAVAILABLE, LEASE_LOST, DATABASE_UNAVAILABLE -> ExitCode.TRY_LATER;
      case REFUSED, SWITCHED_OFF, HELD, FAILED, BROKEN -> ExitCode.FAILED;
    };
  }

  private static ExitCode parkedOrDone(RunResult result) {
    return result.parked() > 0 ? ExitCode.PARKED : ExitCode.DONE;
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
