package dev.stretto.outbox;

import dev.stretto.message.Message;
import dev.stretto.message.Settlement;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What is recorded of a message that was delivered.
 *
 * @param id its row
 * @param position its place in the channel
 * @param attempts how many calls were made for it, those of earlier runs included
 * @param startNumber how many first starts the run had made when it started this one, from 1
 * @param startedAt when the run first started it; whole milliseconds
 */
public record Delivery(long id, long position, int attempts, long startNumber, Instant startedAt) {

  private static final int FIELDS = 5;

  /** Of a settlement whose status is {@code DELIVERED}. */
  public static Delivery of(Settlement settlement) {
    Message message = settlement.message();
    Instant startedAt = Objects.requireNonNull(settlement.startedAt());
    return new Delivery(
        message.id(),
        message.position(),
        settlement.attempts(),
        settlement.startNumber(),
        Instant.ofEpochMilli(startedAt.toEpochMilli()));
  }

  /** What the delivery of the message so many places behind is, where nothing else differs. */
  Delivery onwards(long places) {
    return new Delivery(id + places, position + places, attempts, startNumber + places, startedAt);
  }

  /** Writes what {@link #parse} reads; no spaces. */
  void appendTo(StringBuilder text) {
    text.append(id).append(':');
    text.append(position).append(':');
    text.append(attempts).append(':');
    text.append(startNumber).append(':');
    text.append(startedAt.toEpochMilli());
  }

  /**
   * Reads it again.
   *
   * @throws IllegalStateException where it is no such text
   */
  static Delivery parse(String text) {
    String[] fields = text.split(":", -1);
    try {
      if (fields.length == FIELDS) {
        return new Delivery(
            Long.parseLong(fields[0]),
            Long.parseLong(fields[1]),
            Integer.parseInt(fields[2]),
            Long.parseLong(fields[3]),
            Instant.ofEpochMilli(Long.parseLong(fields[4])));
      }
    } catch (NumberFormatException e) {
      throw noDelivery(text, e);
    }
    throw noDelivery(text, null);
  }

  private static IllegalStateException noDelivery(String text, @Nullable Exception cause) {
    return new IllegalStateException(
        "outbox_journal.deliveries has no delivery at '" + text + "'", cause);
  }
}
