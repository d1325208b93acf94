package dev.stretto.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToDoubleFunction;

/** The meters of all runs of a process. Thread-safe. */
public final class RunMeters {

  private final MeterRegistry registry;

  /** Kept, for the registry holds on to none of them. */
  private final Map<String, ChannelMeters> channels = new ConcurrentHashMap<>();

  public RunMeters(MeterRegistry registry) {
    this.registry = registry;
  }

  /** Those of a channel, the same for all its runs. */
  public ChannelMeters of(String channel) {
    return channels.computeIfAbsent(channel, name -> new ChannelMeters(registry, name));
  }

  /**
   * Shows how often leases were renewed; of all channels together, as they are renewed together.
   *
   * @param leases who counts that; the caller keeps it
   * @param renewed how often, so far
   * @param failed how often that failed, so far
   */
  public <T> void leases(T leases, ToDoubleFunction<T> renewed, ToDoubleFunction<T> failed) {
    renewals(leases, renewed, "renewed");
    renewals(leases, failed, "failed");
  }

  private <T> void renewals(T leases, ToDoubleFunction<T> count, String result) {
    FunctionCounter.builder("stretto.lease.renewals", leases, count)
        .description("Renewals of the leases of all channels")
        .tag("result", result)
        .register(registry);
  }
}
