package dev.stretto.outbox;

import dev.stretto.message.Status;

/**
 * Where a message is found: the numbers of the table's {@code queue} column, which Stretto keeps in
 * step with {@code status}.
 */
public final class QueueState {

  /** Has no position yet; the default that producers leave alone. */
  public static final int NEW = 0;

  /** Has a position and waits for its turn. */
  public static final int WAITING = 1;

  /** Claimed by a run. */
  public static final int CLAIMED = 2;

  /** Has a position and waits behind others of its key: a row of {@code outbox_held} too. */
  public static final int HELD = 3;

  public static final int PARKED = 4;
  public static final int DISCARDED = 5;
  public static final int DELIVERED = 6;

  private QueueState() {}

  /** Where a message of that status is found, once a run no longer works on it. */
  static int of(Status status) {
    return switch (status) {
      case PENDING -> WAITING;
      case IN_FLIGHT -> CLAIMED;
      case PARKED -> PARKED;
      case DISCARDED -> DISCARDED;
      case DELIVERED -> DELIVERED;
    };
  }
}
