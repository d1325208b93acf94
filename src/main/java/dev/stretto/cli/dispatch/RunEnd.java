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
import dev.stretto.dispatch.Stop.Reason;
import org.jspecify.annotations.Nullable;

/** The one place where the end of a channel's run becomes an exit code. */
final class RunEnd {

  private RunEnd() {}

  /**
   * What it means to whoever launched the run.
   *
   * @param named whether a person named the channel, so that a held or paused one is not skipped
   * @param stayed whether it would have stayed, so that to be stopped is its proper end
   */
  static ExitCode code(ChannelRuns.Ended end, boolean named, boolean stayed) {
    RunResult result = end.result();
    if (result == null) {
      return databaseUnavailable(end.failure()) ? ExitCode.TRY_LATER : ExitCode.FAILED;
    }
    Stop stop = stop(result);
    if (stayed && stop != null && stop.reason() == Reason.ASKED) {
      return ExitCode.DONE;
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

  private static @Nullable Stop stop(RunResult result) {
    return switch (result) {
      case Held _, Paused _, NothingToDo _ -> null;
      case GateClosed closed -> closed.stop();
      case NotBegun unbegun -> unbegun.stop();
      case Executed run -> run.stop();
    };
  }

  /** What follows the end of a run that was to stay. */
  enum Next {
    /** Nothing: it was asked to stop, or its destination is gone for good. */
    NOTHING,
    /** Another run holds the channel. */
    STANDBY,
    /** Another run, once a person has resumed the channel. */
    RESUMED,
    /** Another run, once the database can be worked with. */
    AFTER_DATABASE,
    /** Another run, once something new has arrived or a while has passed. */
    AFTER_NEWS,
    /** Another run in a while. */
    LATER
  }

  static Next next(ChannelRuns.Ended end) {
    RunResult result = end.result();
    if (result == null) {
      return databaseUnavailable(end.failure()) ? Next.AFTER_DATABASE : Next.LATER;
    }
    if (result instanceof Held) {
      return Next.STANDBY;
    }
    if (result instanceof Paused) {
      return Next.RESUMED;
    }
    Stop stop = stop(result);
    if (stop == null) {
      return Next.LATER;
    }
    return switch (stop.reason()) {
      case ASKED, TIME_UP, SWITCHED_OFF -> Next.NOTHING;
      case DATABASE_UNAVAILABLE -> Next.AFTER_DATABASE;
      case LEASE_LOST -> Next.STANDBY;
      case PAUSED -> Next.RESUMED;
      case UNAVAILABLE -> Next.AFTER_NEWS;
      case REFUSED, HELD, FAILED, BROKEN -> Next.LATER;
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
