package dev.stretto.settings;

import dev.stretto.dispatch.DispatchSettings;
import dev.stretto.dispatch.DispatchSettings.Alert;
import dev.stretto.dispatch.DispatchSettings.Ordering;
import dev.stretto.transport.InvalidSettingException;
import dev.stretto.transport.TransportSettings;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One channel's settings: valid, complete, and with nothing of its transport's settings read yet.
 */
public final class ChannelSettings {

  private final String name;
  private final String transport;
  private final ChannelProperties properties;
  private final DispatchSettings dispatch;
  private final TransportSettings transportSettings;

  ChannelSettings(
      String name,
      String transport,
      ChannelProperties properties,
      DispatchSettings dispatch,
      TransportSettings transportSettings) {
    this.name = name;
    this.transport = transport;
    this.properties = properties;
    this.dispatch = dispatch;
    this.transportSettings = transportSettings;
  }

  /**
   * What the command line or job parameters say instead of the configuration.
   *
   * @param ordering {@code start}, {@code key} or {@code strict}, or null
   * @param window the most messages claimed and not yet settled, 1 or more, or null
   * @param rate such as {@code 20/s}, or null
   */
  public record Overrides(
      @Nullable String ordering, @Nullable Integer window, @Nullable String rate) {

    private boolean none() {
      return ordering == null && window == null && rate == null;
    }
  }

  public String name() {
    return name;
  }

  /** The name of the transport's type. */
  public String transport() {
    return transport;
  }

  /** As they are written, defaults included. */
  ChannelProperties properties() {
    return properties;
  }

  public DispatchSettings dispatch() {
    return dispatch;
  }

  public TransportSettings transportSettings() {
    return transportSettings;
  }

  /**
   * The same channel with other settings; what follows from them, such as a default burst, changes
   * too.
   *
   * @throws InvalidSettingException where a value can't be used, naming the option, or does not fit
   *     the others
   */
  public ChannelSettings with(Overrides overrides) {
    if (overrides.none()) {
      return this;
    }
    Integer window = overrides.window();
    if (window != null && window < 1) {
      throw new InvalidSettingException("--window", "must be 1 or more, not " + window);
    }
    String rate = overrides.rate();
    if (rate != null) {
      RateText.parse("--rate", rate);
    }
    ChannelProperties changed = properties.with(ordering(overrides.ordering()), window, rate);
    return new ChannelSettings(
        name,
        transport,
        changed,
        DispatchRules.settings(Channels.prefix(name), changed).telling(dispatch.alert()),
        transportSettings);
  }

  /** The same channel, of which somebody else is told. */
  ChannelSettings telling(@Nullable Alert alert) {
    return new ChannelSettings(
        name, transport, properties, dispatch.telling(alert), transportSettings);
  }

  /** Who is to be told, as the channel itself says; null where it does not. */
  ChannelProperties.@Nullable Alert ownAlert() {
    return properties.alert();
  }

  private static @Nullable Ordering ordering(@Nullable String text) {
    if (text == null) {
      return null;
    }
    return Arrays.stream(Ordering.values())
        .filter(value -> value.name().equalsIgnoreCase(text))
        .findFirst()
        .orElseThrow(() ->
            new InvalidSettingException(
                "--ordering", BindingFailure.oneOf(Ordering.class) + ", not " + text));
  }
}
