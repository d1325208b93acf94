package dev.stretto.outbox.admin;

import dev.stretto.outbox.ChannelTable;
import dev.stretto.outbox.CountTable;
import dev.stretto.outbox.HeldTable;
import dev.stretto.outbox.LaneTable;
import dev.stretto.outbox.admin.ParkedMessages.Decision;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Writes what a person decides about a parked message. Needs no lease, and a run under way goes by
 * it within about a second.
 *
 * <p>Runs in the caller's short transaction, which must {@link #lock} the channels first, as every
 * transaction of a run does: neither sees half of what the other writes, and as both lock in the
 * same order (channel, messages, lane), neither can wait for the other in a circle.
 */
final class ParkedDecisions {

  private static final String FIND =
      """
      select id, channel, ordering_key, position, status from outbox_message where message_id = ?
      """;

  private static final String REDRIVE =
      """
      update outbox_message set status = 'PENDING', queue = 1, settled_at = null
       where id = ? and queue = 4
      """;

  private static final String HOLD = "update outbox_message set queue = 3 where id = ?";

  private static final String DISCARD =
      """
      update outbox_message set status = 'DISCARDED', queue = 5, settled_at = current_timestamp(3)
       where id = ? and queue = 4
      """;

  private final JdbcTemplate jdbc;
  private final ChannelTable channels;
  private final LaneTable lanes;
  private final HeldTable held;
  private final CountTable counts;

  ParkedDecisions(JdbcTemplate jdbc) {
    this.jdbc = jdbc;
    this.channels = new ChannelTable(jdbc);
    this.lanes = new LaneTable(jdbc);
    this.held = new HeldTable(jdbc);
    this.counts = new CountTable(jdbc);
  }

  /**
   * A message to decide about.
   *
   * @param status what it was when it was found; it may not be parked
   */
  record Found(
      long id, String channel, @Nullable String key, @Nullable Long position, String status) {}

  /** The message of that id, or null where there is none. */
  @Nullable Found find(String messageId) {
    List<Found> found =
        jdbc.query(
            FIND,
            (row, number) ->
                new Found(
                    row.getLong(1),
                    row.getString(2),
                    row.getString(3),
                    row.getObject(4, Long.class),
                    row.getString(5)),
            messageId);
    return found.isEmpty() ? null : found.getFirst();
  }

  /** Waits for the transactions of runs on these channels, a commit at the most. */
  void lock(Collection<String> names) {
    new TreeSet<>(names).forEach(channels::lock);
  }

  /**
   * Decides; what the message blocked goes on, behind it where it is sent again.
   *
   * @return false where the message is not parked any more: nothing was changed
   */
  boolean decide(Decision decision, Found parked) {
    return switch (decision) {
      case REDRIVE -> redrive(parked);
      case DISCARD -> discard(parked);
    };
  }

  /**
   * A message that blocked its key is held like those behind it, and as the first of them: a run
   * may be about to send one of the others, and must not come upon those before this one.
   */
  private boolean redrive(Found parked) {
    if (jdbc.update(REDRIVE, parked.id()) == 0) {
      return false;
    }
    String key = parked.key();
    Long position = parked.position();
    if (key != null && position != null && lanes.unblock(parked.channel(), key, parked.id())) {
      jdbc.update(HOLD, parked.id());
      held.insert(List.of(new HeldTable.Place(parked.channel(), key, position, parked.id())));
    }
    return true;
  }

  private boolean discard(Found parked) {
    if (jdbc.update(DISCARD, parked.id()) == 0) {
      return false;
    }
    Long position = parked.position();
    if (position != null) {
      counts.discarded(parked.channel(), position);
    }
    String key = parked.key();
    if (key != null
        && lanes.unblock(parked.channel(), key, parked.id())
        && !held.any(parked.channel(), key)) {
      lanes.close(parked.channel(), key);
    }
    return true;
  }
}
