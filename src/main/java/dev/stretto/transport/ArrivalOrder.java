package dev.stretto.transport;

/** Whether calls arrive in the order in which they start. */
public enum ArrivalOrder {
  /** They do. */
  KEPT,
  /** They may overtake each other on their way. */
  NOT_KEPT,
  /** That depends on the destination, or on settings that can't be read now. */
  UNKNOWN
}
