package dev.stretto.outbox;

import dev.stretto.database.StoredText;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * The gates of the channels, in the table {@code outbox_channel}: why a channel stands still, until
 * when its destination asked to be left alone, and whether somebody was told.
 */
public final class ChannelGates {

  private static final String GATE =
      """
      select gate_closed_until, gate_reason from outbox_channel
       where channel = ? and gate_closed_until is not null
      """;

  /** Since when is kept until calls are delivered again, over as many runs as that takes. */
  private static final String CLOSE =
      """
      update outbox_channel
         set gate_closed_until = ?, gate_reason = ?, gate_since = coalesce(gate_since, ?),
             gate_calls = ?
       where channel = ? and fence = ?
      """;

  private static final String OPEN =
      """
      update outbox_channel
         set gate_closed_until = null, gate_reason = null, gate_since = null, gate_calls = null
       where channel = ? and (gate_closed_until is not null or gate_since is not null)
      """;

  /** What was told is to be taken back, though a person may have opened the gate meanwhile. */
  private static final String STANDS =
      """
      select count(*) from outbox_channel
       where channel = ? and (gate_since is not null or gate_told_at is not null)
      """;

  private static final String UNTOLD =
      """
      select gate_closed_until, gate_since, gate_calls, gate_reason from outbox_channel
       where channel = ? and gate_since is not null and gate_told_at is null
      """;

  private static final String TELL_CLOSED =
      """
      update outbox_channel set gate_told_at = ?
       where channel = ? and fence <= ? and gate_since is not null and gate_told_at is null
      """;

  private static final String TELL_OPEN =
      "update outbox_channel set gate_told_at = null where channel = ? and gate_told_at is not"
          + " null";

  private static final int LONGEST_REASON = 2000;

  private final JdbcTemplate jdbc;

  public ChannelGates(JdbcTemplate jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * Until when the destination asked to be left alone.
   *
   * @param reason what it said
   */
  public record Gate(Instant closedUntil, String reason) {}

  /** What the destination last asked for, though it may be over; null if it never asked. */
  public @Nullable Gate of(String channel) {
    List<Gate> gates =
        jdbc.query(
            GATE,
            (row, number) ->
                new Gate(
                    row.getTimestamp(1).toInstant(),
                    Objects.requireNonNullElse(row.getString(2), "")),
            channel);
    return gates.isEmpty() ? null : gates.getFirst();
  }

  /**
   * Why a channel stands still.
   *
   * @param closedUntil until when the destination asked to be left alone, or null
   * @param since since when nothing is delivered
   * @param calls how many calls in a row were not delivered
   * @param reason what the destination said
   */
  public record Standing(@Nullable Instant closedUntil, Instant since, int calls, String reason) {}

  /**
   * Keeps why the channel stands still, for people and for later runs. Comes first in a
   * transaction, or behind {@link ChannelTable#advance}.
   *
   * @return false where a later run has fenced this one off: nothing is kept then
   */
  public boolean close(String channel, long fence, Standing standing) {
    Instant until = standing.closedUntil();
    return jdbc.update(
            CLOSE,
            until == null ? null : Timestamp.from(until),
            StoredText.of(standing.reason(), LONGEST_REASON),
            Timestamp.from(standing.since()),
            standing.calls(),
            channel,
            fence)
        == 1;
  }

  /** Whether the channel is known to stand still, or others were told that it does. */
  public boolean stands(String channel) {
    Integer count = jdbc.queryForObject(STANDS, Integer.class, channel);
    return count != null && count > 0;
  }

  /** Why the channel stands still, where nobody was told; null where it doesn't, or one was. */
  public @Nullable Standing untold(String channel) {
    List<Standing> untold =
        jdbc.query(
            UNTOLD,
            (row, number) -> {
              Timestamp until = row.getTimestamp(1);
              return new Standing(
                  until == null ? null : until.toInstant(),
                  row.getTimestamp(2).toInstant(),
                  row.getInt(3),
                  Objects.requireNonNullElse(row.getString(4), ""));
            },
            channel);
    return untold.isEmpty() ? null : untold.getFirst();
  }

  /**
   * Keeps that somebody is told that the channel stands still, in the transaction that tells.
   *
   * @param fence that of a run, which need not have fenced off the one before yet
   * @return false where that was told, it goes on, or a later run has fenced this one off
   */
  public boolean tellClosed(String channel, long fence, Instant now) {
    return jdbc.update(TELL_CLOSED, Timestamp.from(now), channel, fence) == 1;
  }

  /**
   * Keeps that somebody is told that the channel goes on, in the transaction that tells. Must run
   * behind {@link ChannelTable#advance}.
   *
   * @return false where nobody was told that it stood still
   */
  public boolean tellOpen(String channel) {
    return jdbc.update(TELL_OPEN, channel) == 1;
  }

  /**
   * Forgets why the channel stood still, and any pause that the destination asked for; not whether
   * somebody was told.
   *
   * @return whether there was anything to forget
   */
  public boolean open(String channel) {
    return jdbc.update(OPEN, channel) == 1;
  }
}
