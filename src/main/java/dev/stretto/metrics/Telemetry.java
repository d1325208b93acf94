package dev.stretto.metrics;

import io.micrometer.observation.ObservationRegistry;
import org.jspecify.annotations.Nullable;

/**
 * Where measurements of runs go.
 *
 * @param meters null where nobody asked for any
 * @param observations for Spring Batch's own; null where nobody asked for any
 * @param end has the last measurements sent, within some seconds
 */
public record Telemetry(
    @Nullable RunMeters meters, @Nullable ObservationRegistry observations, Runnable end)
    implements AutoCloseable {

  /** Nothing is measured. */
  public static final Telemetry NONE = new Telemetry(null, null, () -> {});

  @Override
  public void close() {
    end.run();
  }
}
