package dev.stretto.lease;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A person's wish that nothing starts on a channel, until somebody resumes it.
 *
 * @param since when it was paused first, by the database's clock
 * @param by who did, or gave the reason that it has now, such as {@code ann@host}
 * @param reason for people, or null where none was given
 */
public record Pause(Instant since, String by, @Nullable String reason) {

  static final String COLUMNS = "paused_at, paused_by, pause_reason";

  /** One line for people. */
  public String text() {
    return "paused since " + since + " by " + by + (reason == null ? "" : ": " + reason);
  }

  /**
   * Reads the {@link #COLUMNS}; null where the channel is not paused.
   *
   * @param first the first of them
   */
  static @Nullable Pause of(ResultSet row, int first) throws SQLException {
    Timestamp since = row.getTimestamp(first);
    String by = row.getString(first + 1);
    return since == null
        ? null
        : new Pause(since.toInstant(), by == null ? "somebody" : by, row.getString(first + 2));
  }
}
