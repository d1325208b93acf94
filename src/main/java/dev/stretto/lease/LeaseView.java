package dev.stretto.lease;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Reads the table {@code channel_lease} for whoever takes no lease. Thread-safe. */
public final class LeaseView {

  private static final String CHANNELS = "select channel from channel_lease";

  private static final String OWNED = "select channel from channel_lease where owner is not null";

  private static final String PAUSED =
      "select channel from channel_lease where paused_at is not null";

  private static final String ROW =
      """
      select owner, run, fence, current_timestamp(3), expires_at, %s
        from channel_lease where channel = ?
      """
          .formatted(Pause.COLUMNS);

  private final JdbcClient jdbc;

  public LeaseView(JdbcTemplate jdbc) {
    this.jdbc = JdbcClient.create(jdbc);
  }

  /**
   * A channel's lease.
   *
   * @param lastRun the job execution noted last on the channel, or null if there was none
   * @param holder null where nobody holds it, not even somebody who died
   * @param pause null where nobody has paused the channel
   */
  public record Held(@Nullable Long lastRun, @Nullable Holder holder, @Nullable Pause pause) {}

  /**
   * Who holds a lease, or held it when they died.
   *
   * @param fence the fencing token
   * @param left how long it is valid, by the database's clock; negative once it has expired
   */
  public record Holder(String owner, long fence, Instant expiresAt, Duration left) {}

  /** The channels that were ever leased. */
  public Set<String> channels() {
    return jdbc.sql(CHANNELS).query((row, number) -> row.getString(1)).set();
  }

  /** The channels that somebody holds, or died while they did. */
  public Set<String> owned() {
    return jdbc.sql(OWNED).query((row, number) -> row.getString(1)).set();
  }

  /** The channels that somebody has paused. */
  public Set<String> paused() {
    return jdbc.sql(PAUSED).query((row, number) -> row.getString(1)).set();
  }

  /** The channel's lease; null where it was never leased, nor paused. */
  public @Nullable Held of(String channel) {
    return jdbc.sql(ROW).param(channel).query((row, number) -> held(row)).optional().orElse(null);
  }

  private static Held held(ResultSet row) throws SQLException {
    String owner = row.getString(1);
    Long run = row.getObject(2, Long.class);
    Pause pause = Pause.of(row, 6);
    if (owner == null || row.getTimestamp(5) == null) {
      return new Held(run, null, pause);
    }
    Instant now = row.getTimestamp(4).toInstant();
    Instant expiresAt = row.getTimestamp(5).toInstant();
    return new Held(
        run, new Holder(owner, row.getLong(3), expiresAt, Duration.between(now, expiresAt)), pause);
  }
}
