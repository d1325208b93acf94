package dev.stretto.transport;

/** A way to look at a channel's destination, on which no message is ever sent. */
public interface Probe {

  /** The destination, for people, without secrets. */
  String where();

  /** Equal for those that would find the same: one look is enough for all of them. */
  Object key();

  /**
   * Connects, looks and lets go. Blocks, for the connect timeout or some seconds at the most;
   * throws nothing: whatever goes wrong is a finding.
   */
  Look look();
}
