package dev.stretto.run;

import dev.stretto.database.DatabaseFault;
import dev.stretto.database.FileFault;
import dev.stretto.dispatch.Stop;
import dev.stretto.dispatch.Stop.Reason;
import org.jspecify.annotations.Nullable;

/** Why a run ends whose database can't be worked with for now. */
public final class DatabaseStop {

  private DatabaseStop() {}

  /** Null where trying again later would be of no use, unless it is known why. */
  public static @Nullable Stop of(Throwable failure) {
    FileFault file = FileFault.of(failure);
    if (file != null) {
      return new Stop(
          file.passes() ? Reason.DATABASE_UNAVAILABLE : Reason.BROKEN,
          "the database " + file.words(),
          null);
    }
    return switch (DatabaseFault.of(failure)) {
      case CONNECTION_LOST -> stop("the database was lost", failure);
      case DEADLOCK, LOCK_TIMEOUT ->
          stop("another session holds what the run has to write", failure);
      case READ_ONLY -> stop("the database takes no writes", failure);
      case NO_CONNECTION_LEFT -> stop("the database has no connection left", failure);
      case OTHER -> null;
    };
  }

  /**
   * Why a run ends that can't write. Whether the last commit came through or not, the table tells
   * the next run what is claimed.
   */
  static Stop orBroken(Throwable failure) {
    Stop known = of(failure);
    return known == null
        ? new Stop(Reason.BROKEN, "recording failed: " + line(failure), null)
        : known;
  }

  private static Stop stop(String why, Throwable failure) {
    String said = DatabaseFault.said(failure);
    return new Stop(
        Reason.DATABASE_UNAVAILABLE,
        why + "; the next run carries on" + (said == null ? "" : ": " + said),
        null);
  }

  /** One line for people. */
  public static String line(Throwable failure) {
    String said = DatabaseFault.said(failure);
    return said == null ? String.valueOf(failure.getMessage()) : "the database failed: " + said;
  }
}
