package dev.stretto.outbox;

import dev.stretto.database.Vendor;
import dev.stretto.message.Message;
import dev.stretto.message.Settlement;
import java.sql.Timestamp;
import java.util.List;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Changes many rows of {@code outbox_message} at once, in the way that suits the database; what
 * each method means is said in {@link MessageTable}.
 */
interface MessageWrites {

  static MessageWrites of(JdbcTemplate jdbc) {
    return switch (Vendor.of(jdbc)) {
      case POSTGRESQL -> new ArrayWrites(jdbc);
      case H2, MARIADB -> new BatchWrites(jdbc);
    };
  }

  void place(List<Message> messages, boolean held);

  void unhold(List<Long> ids);

  void show(List<Message> claimed);

  void settle(List<Settlement> settlements, long fence);

  /**
   * Records what is no longer claimed and was delivered; rows that say so already stay as they are.
   */
  void deliver(List<Delivered> delivered);

  /**
   * Removes rows of that place in the queue that were settled before; see {@link SettledMessages}.
   *
   * @return how many there were
   */
  int remove(List<Long> ids, int queue, Timestamp before);

  /**
   * A delivery that the journal tells of.
   *
   * @param fence of the run that delivered it
   * @param settledAt when that was recorded
   */
  record Delivered(Delivery delivery, long fence, Timestamp settledAt) {}
}
