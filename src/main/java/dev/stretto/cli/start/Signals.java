package dev.stretto.cli.start;

import java.lang.reflect.Proxy;
import java.util.function.Consumer;

/**
 * Turns the first SIGINT or SIGTERM into a call, and the second into the end of the JVM at once.
 *
 * <p>A shutdown hook would not do: the JVM exits with 143 after it, and swallows a second signal.
 * The class that does is outside the standard API, though every JDK has it, so it is looked up by
 * name.
 */
public final class Signals {

  private static final int KILLED_BY_SIGNAL = 128;

  private final Consumer<String> first;
  private boolean received;

  private Signals(Consumer<String> first) {
    this.first = first;
  }

  /** From now on, tells of the first signal by its name, on a thread of the JVM's. */
  public static void onFirst(Consumer<String> action) {
    Signals signals = new Signals(action);
    signals.watch("INT", 2);
    signals.watch("TERM", 15);
  }

  private void watch(String name, int number) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Object receiver =
          Proxy.newProxyInstance(
              handler.getClassLoader(),
              new Class<?>[] {handler},
              (proxy, method, arguments) -> {
                receive(name, number);
                return null;
              });
      signal
          .getMethod("handle", signal, handler)
          .invoke(null, signal.getConstructor(String.class).newInstance(name), receiver);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("this JDK lets no program see SIG" + name, e);
    }
  }

  private synchronized void receive(String name, int number) {
    if (received) {
      Runtime.getRuntime().halt(KILLED_BY_SIGNAL + number);
    }
    received = true;
    first.accept("SIG" + name);
  }
}
