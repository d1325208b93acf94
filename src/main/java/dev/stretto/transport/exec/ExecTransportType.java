package dev.stretto.transport.exec;

import dev.stretto.transport.ArrivalOrder;
import dev.stretto.transport.InvalidSettingException;
import dev.stretto.transport.Transport;
import dev.stretto.transport.TransportSettings;
import dev.stretto.transport.TransportType;

/** Sends messages through a program of the user's. */
public final class ExecTransportType implements TransportType {

  @Override
  public String name() {
    return "exec";
  }

  /** One program reads one line after the other; what it does with them is its own. */
  @Override
  public ArrivalOrder arrivalOrder(TransportSettings settings) {
    try {
      return settings.bind(ExecSettings.class).processes() == 1
          ? ArrivalOrder.KEPT
          : ArrivalOrder.NOT_KEPT;
    } catch (InvalidSettingException e) {
      return ArrivalOrder.UNKNOWN;
    }
  }

  /** Between programs there is no order but that of a key. */
  @Override
  public void check(TransportSettings settings, boolean byKey) {
    if (!byKey && settings.bind(ExecSettings.class).processes() > 1) {
      throw new InvalidSettingException(
          "exec.processes",
          "more than 1 needs ordering key, or messages would overtake each other");
    }
  }

  @Override
  public Transport open(String channel, TransportSettings settings, int window) {
    ExecSettings exec = settings.bind(ExecSettings.class);
    exec.check();
    return new ExecTransport(channel, exec, window);
  }
}
