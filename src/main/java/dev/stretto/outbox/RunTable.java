package dev.stretto.outbox;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;
import org.springframework.jdbc.core.JdbcTemplate;

/** The table {@code outbox_run}: which run a fencing token belonged to, and the order it kept. */
public final class RunTable {

  private static final String BY_KEY = "KEY";

  private static final String NOTE =
      "insert into outbox_run (channel, fence, run, ordering) values (?, ?, ?, ?)";

  private static final String OF_RUN =
      "select channel, fence, run, ordering, began_at from outbox_run where run = ?";

  private static final String OF_FENCE =
      "select channel, fence, run, ordering, began_at from outbox_run where channel = ? and fence ="
          + " ?";

  private static final String FORGET = "delete from outbox_run where channel = ? and fence = ?";

  private static final String ANY_LATER_ORDERED =
      """
      select count(*) from (
        select 1 from outbox_run where channel = ? and fence > ? and ordering = ? limit 1) later
      """;

  private static final String ANY_ORDERED =
      "select count(*) from outbox_run where channel = ? and ordering = ?";

  private final JdbcTemplate jdbc;

  public RunTable(JdbcTemplate jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * A run that takes a channel over.
   *
   * @param fence its fencing token
   * @param run its job execution
   * @param ordering the order it keeps: {@code START}, {@code KEY} or {@code STRICT}
   */
  public record Noted(String channel, long fence, long run, String ordering) {

    /** Whether it kept the order within each key only. */
    public boolean byKey() {
      return ordering.equals(BY_KEY);
    }
  }

  /**
   * A run that took a channel over.
   *
   * @param beganAt when, by the database's clock
   */
  public record Recorded(Noted run, Instant beganAt) {}

  /** Notes a run, in the transaction in which it fences earlier ones off. */
  public void note(Noted run) {
    jdbc.update(NOTE, run.channel(), run.fence(), run.run(), run.ordering());
  }

  /** The run of that job execution; empty where it never had a channel. */
  public Optional<Recorded> find(long run) {
    return jdbc.query(OF_RUN, RunTable::recorded, run).stream().findFirst();
  }

  /** The run that had the token. */
  public Optional<Recorded> find(String channel, long fence) {
    return jdbc.query(OF_FENCE, RunTable::recorded, channel, fence).stream().findFirst();
  }

  /** Whether any run on the channel kept key order, those that are forgotten included. */
  public boolean anyByKey(String channel) {
    Long count = jdbc.queryForObject(ANY_ORDERED, Long.class, channel, BY_KEY);
    return count != null && count > 0;
  }

  /**
   * Forgets the run of that job execution; but of each channel the last that kept key order is
   * known for ever, so that {@link #anyByKey} holds for those before it too.
   */
  public void forget(long run) {
    find(run)
        .map(Recorded::run)
        .filter(old -> !old.byKey() || anyLaterByKey(old))
        .ifPresent(old -> jdbc.update(FORGET, old.channel(), old.fence()));
  }

  private boolean anyLaterByKey(Noted run) {
    Long count =
        jdbc.queryForObject(ANY_LATER_ORDERED, Long.class, run.channel(), run.fence(), BY_KEY);
    return count != null && count > 0;
  }

  private static Recorded recorded(ResultSet row, int number) throws SQLException {
    return new Recorded(
        new Noted(row.getString(1), row.getLong(2), row.getLong(3), row.getString(4)),
        row.getTimestamp(5).toInstant());
  }
}
