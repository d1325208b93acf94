package dev.stretto.metrics;

import dev.stretto.dispatch.Counts;
import dev.stretto.transport.Outcome;
import dev.stretto.transport.Transport;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * The meters of a channel's runs in this process, of which one is under way at a time. Their only
 * tag of unbounded values is the channel's name. Thread-safe.
 */
public final class ChannelMeters {

  private static final String CHANNEL = "channel";

  private final MeterRegistry registry;
  private final String channel;
  private final Timer commits;
  private final Map<String, Timer> calls = new ConcurrentHashMap<>();

  /** Guarded by this, like the rest: what runs did that have ended. */
  private Counts ended = Counts.NONE;

  private @Nullable Supplier<Counts> running;
  private int window;

  ChannelMeters(MeterRegistry registry, String channel) {
    this.registry = registry;
    this.channel = channel;
    this.commits =
        Timer.builder("stretto.run.commits")
            .description("Transactions that claim and settle")
            .tag(CHANNEL, channel)
            .register(registry);
    counter("stretto.run.starts", "First starts of messages", Counts::started);
    counter("stretto.run.retries", "Attempts beyond a message's first", Counts::retried);
    counter("stretto.run.delivered", "Messages recorded as delivered", Counts::delivered);
    counter("stretto.run.parked", "Messages recorded as parked", Counts::parked);
    gauge("stretto.run.calls.active", "Calls under way", Counts::inFlight);
    gauge("stretto.run.gate.closed", "1 while the gate is closed", now -> now.closed() ? 1 : 0);
    Gauge.builder("stretto.run.window", this, ChannelMeters::window)
        .description("The most messages that are claimed and not settled")
        .tag(CHANNEL, channel)
        .register(registry);
  }

  private void counter(String name, String description, ToDoubleFunction<Counts> count) {
    FunctionCounter.builder(name, this, meters -> count.applyAsDouble(meters.total()))
        .description(description)
        .tag(CHANNEL, channel)
        .register(registry);
  }

  private void gauge(String name, String description, ToDoubleFunction<Counts> value) {
    Gauge.builder(name, this, meters -> value.applyAsDouble(meters.now()))
        .description(description)
        .tag(CHANNEL, channel)
        .register(registry);
  }

  /**
   * A run begins.
   *
   * @param most its window
   * @param counts what it did so far; must be cheap
   */
  public synchronized void begin(int most, Supplier<Counts> counts) {
    window = most;
    running = counts;
  }

  /** The run has ended. */
  public synchronized void end() {
    if (running != null) {
      ended = ended.plus(running.get());
      running = null;
      window = 0;
    }
  }

  private synchronized Counts total() {
    return ended.plus(now());
  }

  private synchronized Counts now() {
    return running == null ? Counts.NONE : running.get();
  }

  private synchronized int window() {
    return window;
  }

  /** The same way to the destination, with its calls measured. */
  public Transport measured(Transport transport) {
    return new MeasuredTransport(transport, this, registry.config().clock());
  }

  /** The transactions. */
  public Timer commits() {
    return commits;
  }

  Timer calls(Outcome outcome) {
    return calls.computeIfAbsent(
        kind(outcome),
        kind ->
            Timer.builder("stretto.run.calls")
                .description("Calls, from their start to their outcome")
                .tag(CHANNEL, channel)
                .tag("outcome", kind)
                .register(registry));
  }

  private static String kind(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Delivered() -> "delivered";
      case Outcome.Apart(String _, Outcome own) -> kind(own);
      case Outcome.RetryLater later -> later.fault().name().toLowerCase(Locale.ROOT);
      case Outcome.Rejected(Outcome.Refused refused, String _) ->
          refused == Outcome.Refused.UNSENDABLE ? "unsendable" : "rejected";
    };
  }
}
