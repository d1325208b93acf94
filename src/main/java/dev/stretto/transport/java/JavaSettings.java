package dev.stretto.transport.java;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.bind.Name;

/**
 * What {@code stretto.channels.<channel>.java} says.
 *
 * @param className the {@link Sender}'s class, property {@code class}; null where it is somebody
 *     else's object
 * @param timeout how long a call may take before its outcome counts as unknown, more than 0. The
 *     call itself goes on and what becomes of it is ignored, so choose it longer than the sender's
 *     own timeouts
 * @param properties given to {@link Sender#open}
 */
record JavaSettings(
    @Name("class") @Nullable String className,
    @DefaultValue("5m") Duration timeout,
    @DefaultValue Map<String, String> properties) {

  /** Without the properties: they may hold secrets. */
  @Override
  public String toString() {
    return "JavaSettings[class=" + className + ", timeout=" + timeout + "]";
  }
}
