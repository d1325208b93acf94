package dev.stretto.metrics.scrape;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;

/** The meters as Prometheus sees them. Thread-safe. */
public final class ScrapedMeters {

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

  /** Where they are measured. */
  public MeterRegistry registry() {
    return registry;
  }

  /** What they show now. */
  public MetricSnapshots snapshots() {
    return registry.getPrometheusRegistry().scrape();
  }
}
