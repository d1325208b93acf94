package dev.stretto.cli;

import java.util.function.Consumer;
import sun.misc.Signal;

/**
 * Turns the first SIGINT or SIGTERM into a call, and the second into the end of the JVM at once.
 *
 * <p>A shutdown hook would not do: the JVM exits with 143 after it, and swallows a second signal.
 */
final class Signals {

  private static final int KILLED_BY_SIGNAL = 128;

  private final Consumer<String> first;
  private boolean received;

  private Signals(Consumer<String> first) {
    this.first = first;
  }

  /** From now on, tells of the first signal by its name, on a thread of the JVM's. */
  static void onFirst(Consumer<String> action) {
    Signals signals = new Signals(action);
    Signal.handle(new Signal("INT"), signals::receive);
    Signal.handle(new Signal("TERM"), signals::receive);
  }

  private synchronized void receive(Signal signal) {
    if (received) {
      Runtime.getRuntime().halt(KILLED_BY_SIGNAL + signal.getNumber());
    }
    received = true;
    first.accept("SIG" + signal.getName());
  }
}
