package dev.stretto.outbox.admin;

import dev.stretto.message.Status;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What is recorded of a message that has a position, without its payload.
 *
 * @param position its place in the channel, from 1
 * @param orderingKey what it belongs to, or null where it stands alone
 * @param attempts how many calls were made for it, 0 or more
 * @param lastError why the last call failed, or null where none did
 * @param first its first start ever, or null where none was recorded
 * @param last what the run did with it that settled or released it last, or null if none did
 */
public record RecordedMessage(
    long position,
    String messageId,
    @Nullable String orderingKey,
    Status status,
    int attempts,
    @Nullable String lastError,
    @Nullable Start first,
    @Nullable Stay last) {

  /**
   * A first start.
   *
   * @param fence the token of the run that made it; 0 if that run died before it could record it
   * @param number how many first starts that run had made with it, from 1; 0 if unknown
   */
  public record Start(long fence, long number) implements Comparable<Start> {

    /** Whether it is known which run made it, and how many that had made with it. */
    public boolean known() {
      return fence > 0;
    }

    @Override
    public int compareTo(Start other) {
      return fence == other.fence
          ? Long.compare(number, other.number)
          : Long.compare(fence, other.fence);
    }
  }

  /**
   * A message's time in a run.
   *
   * @param fence the run's token
   * @param startedAt when the run first started it, by its machine's clock; null if it never did
   * @param settledAt when it was settled, by the database's clock; null if it is not
   */
  public record Stay(long fence, @Nullable Instant startedAt, @Nullable Instant settledAt) {}
}
