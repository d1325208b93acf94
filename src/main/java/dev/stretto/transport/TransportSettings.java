package dev.stretto.transport;

/** The part of a channel's settings that belongs to its transport. */
@FunctionalInterface
public interface TransportSettings {

  /**
   * Binds the settings to a record whose components are the properties, each with its default.
   *
   * @throws InvalidSettingException where a property is unknown or has no usable value, or names an
   *     environment variable that is not set; the message names the property
   */
  <T> T bind(Class<T> type);
}
