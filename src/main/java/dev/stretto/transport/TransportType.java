package dev.stretto.transport;

import org.jspecify.annotations.Nullable;

/** A kind of transport that a channel can name. */
public interface TransportType {

  /**
   * The name in {@code stretto.channels.<channel>.transport}, which is also that of its settings'
   * folder.
   */
  String name();

  /**
   * Whether calls arrive in the order in which they start, as far as the settings tell; makes no
   * connection, and throws nothing.
   */
  default ArrivalOrder arrivalOrder(TransportSettings settings) {
    return ArrivalOrder.UNKNOWN;
  }

  /**
   * Refuses settings that don't go with how the channel's messages are ordered.
   *
   * @param byKey whether the next message of a key starts only once the one before is settled
   * @throws InvalidSettingException naming the setting
   */
  default void check(TransportSettings settings, boolean byKey) {}

  /**
   * Refuses what {@link #open} refuses, and runs no code but Stretto's own for it.
   *
   * @throws InvalidSettingException where a setting is missing or unusable; the message names it
   */
  default void inspect(String channel, TransportSettings settings, int window) {
    open(channel, settings, window).close();
  }

  /**
   * How to look at the destination without sending a message; null where there is no way. Makes no
   * connection yet.
   *
   * @throws InvalidSettingException where a setting is missing or unusable
   */
  default @Nullable Probe probe(String channel, TransportSettings settings) {
    return null;
  }

  /**
   * Opens the way to a channel's destination; no connection is made yet.
   *
   * @param channel the channel's name
   * @param settings the channel's settings of this transport
   * @param window the most calls the channel wants under way, 1 or more
   * @throws InvalidSettingException where a setting is missing or unusable; the message names it
   */
  Transport open(String channel, TransportSettings settings, int window);
}
