package dev.stretto.outbox;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * What a person decides about a parked message: that it is sent again, or never. Needs no lease,
 * and a run under way goes by it within about a second.
 *
 * <p>Each decision is one short transaction that locks the channel's row first, as every
 * transaction of a run does: neither sees half of what the other writes, and as both lock in the
 * same order (channel, messages, lane), neither can wait for the other in a circle.
 */
public final class ParkedDecisions {

  private static final String FIND =
      "select channel, ordering_key, position from outbox_message where id = ?";

  private static final String REDRIVE =
      """
      update outbox_message set status = 'PENDING', queue = 1, settled_at = null
       where id = ? and queue = 4
      """;

  private static final String HOLD = "update outbox_message set queue = 3 where id = ?";

  private static final String DISCARD =
      """
      update outbox_message set status = 'DISCARDED', queue = 5, settled_at = current_timestamp
       where id = ? and queue = 4
      """;

  private final JdbcTemplate jdbc;
  private final TransactionTemplate transaction;
  private final OutboxChannels channels;
  private final OutboxLanes lanes;
  private final OutboxHeld held;

  public ParkedDecisions(JdbcTemplate jdbc, TransactionTemplate transaction) {
    this.jdbc = jdbc;
    this.transaction = transaction;
    this.channels = new OutboxChannels(jdbc);
    this.lanes = new OutboxLanes(jdbc);
    this.held = new OutboxHeld(jdbc);
  }

  /**
   * Puts a parked message back in line at its old position, with its id and its attempts kept; what
   * it blocked goes on behind it. Blocks for a run's commit at the most.
   *
   * @param id the row's number
   * @return false where the message is not parked, or not there: nothing was changed
   */
  public boolean redrive(long id) {
    return decided(id, this::redrive);
  }

  /**
   * Decides that a parked message is never sent; what it blocked goes on. Blocks for a run's commit
   * at the most.
   *
   * @param id the row's number
   * @return false where the message is not parked, or not there: nothing was changed
   */
  public boolean discard(long id) {
    return decided(id, this::discard);
  }

  private boolean decided(long id, Decision decision) {
    return Boolean.TRUE.equals(
        transaction.execute(status -> {
          List<Parked> found =
              jdbc.query(
                  FIND,
                  (row, number) ->
                      new Parked(id, row.getString(1), row.getString(2), row.getLong(3)),
                  id);
          if (found.isEmpty()) {
            return false;
          }
          channels.lock(found.getFirst().channel());
          return decision.make(found.getFirst());
        }));
  }

  /**
   * A message that blocked its key is held like those behind it, and as the first of them: a run
   * may be about to send one of the others, and must not come upon those before this one.
   */
  private boolean redrive(Parked parked) {
    if (jdbc.update(REDRIVE, parked.id()) == 0) {
      return false;
    }
    String key = parked.key();
    if (key != null && lanes.unblock(parked.channel(), key, parked.id())) {
      jdbc.update(HOLD, parked.id());
      held.insert(
          List.of(new OutboxHeld.Place(parked.channel(), key, parked.position(), parked.id())));
    }
    return true;
  }

  private boolean discard(Parked parked) {
    if (jdbc.update(DISCARD, parked.id()) == 0) {
      return false;
    }
    String key = parked.key();
    if (key != null
        && lanes.unblock(parked.channel(), key, parked.id())
        && !held.any(parked.channel(), key)) {
      lanes.close(parked.channel(), key);
    }
    return true;
  }

  private interface Decision {
    boolean make(Parked parked);
  }

  private record Parked(long id, String channel, @Nullable String key, long position) {}
}
