package dev.stretto.message;

/** Where a message stands. The names are those in the table's {@code status} column. */
public enum Status {
  /** It waits for its turn. */
  PENDING,
  /** It is claimed: a call for it is about to start, or under way, or was when its run died. */
  IN_FLIGHT,
  /** The destination took it. */
  DELIVERED,
  /** It was set aside, to be redriven or discarded by a person. */
  PARKED,
  /** A person decided that it shall not be sent. */
  DISCARDED
}
