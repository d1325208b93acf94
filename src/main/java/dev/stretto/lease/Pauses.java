package dev.stretto.lease;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Pauses channels and resumes them, for people: a word on the lease's row, in statements of their
 * own. Thread-safe.
 */
public final class Pauses {

  private static final String PAUSE =
      """
      update channel_lease set paused_at = current_timestamp(3), paused_by = ?, pause_reason = ?
       where channel = ? and paused_at is null
      """;

  private static final String GIVE_REASON =
      """
      update channel_lease set paused_by = ?, pause_reason = ?
       where channel = ? and paused_at is not null
      """;

  private static final String RESUME =
      """
      update channel_lease set paused_at = null, paused_by = null, pause_reason = null
       where channel = ? and paused_at is not null
      """;

  private static final String READ =
      "select " + Pause.COLUMNS + " from channel_lease where channel = ? and paused_at is not null";

  private final JdbcClient jdbc;

  public Pauses(JdbcTemplate jdbc) {
    this.jdbc = JdbcClient.create(jdbc);
  }

  /**
   * Has nothing start on the channel from now on: no run takes its lease, and one that has it sees
   * the word within half a second. A channel that is paused already stays so, since when it was.
   *
   * @param by who wishes it, such as {@code ann@host}; at most 200 characters
   * @param reason for people, at most 500 characters; null leaves the one that was given before
   * @return whether it was not paused before
   */
  public boolean pause(String channel, String by, @Nullable String reason) {
    createRow(channel);
    boolean paused = jdbc.sql(PAUSE).param(by).param(reason).param(channel).update() == 1;
    if (!paused && reason != null) {
      jdbc.sql(GIVE_REASON).param(by).param(reason).param(channel).update();
    }
    return paused;
  }

  private void createRow(String channel) {
    try {
      jdbc.sql(LeaseTable.CREATE).param(channel).param(channel).update();
    } catch (DuplicateKeyException e) {
      // A run made it in between, which is as good.
    }
  }

  /**
   * Lets runs of the channel begin again.
   *
   * @return false where it was not paused
   */
  public boolean resume(String channel) {
    return jdbc.sql(RESUME).param(channel).update() == 1;
  }

  /** Why nothing starts on the channel; null where it is not paused. */
  public @Nullable Pause of(String channel) {
    Optional<Pause> pause =
        jdbc.sql(READ).param(channel).query((row, number) -> Pause.of(row, 1)).optional();
    return pause.orElse(null);
  }
}
