package dev.stretto.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.observation.DefaultMeterObservationHandler;
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

  /**
   * To a registry, observations as timers.
   *
   * @param end has the last measurements sent, within some seconds
   */
  public static Telemetry to(MeterRegistry registry, Runnable end) {
    ObservationRegistry observations = ObservationRegistry.create();
    observations
        .observationConfig()
        .observationHandler(new DefaultMeterObservationHandler(registry));
    return new Telemetry(new RunMeters(registry), observations, end);
  }

  @Override
  public void close() {
    end.run();
  }
}
