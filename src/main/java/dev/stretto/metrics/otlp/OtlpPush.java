package dev.stretto.metrics.otlp;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.ipc.http.HttpUrlConnectionSender;
import io.micrometer.registry.otlp.OtlpHttpMetricsSender;
import io.micrometer.registry.otlp.OtlpMeterRegistry;
import io.micrometer.registry.otlp.OtlpMetricsSender;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.env.ConfigurableEnvironment;

/**
 * Sends the meters every interval and at the end. A receiver that takes none is told of once, and
 * changes nothing else.
 */
public final class OtlpPush {

  static final String PREFIX = "management.otlp.metrics.export.";

  private static final Logger LOG = LoggerFactory.getLogger(OtlpPush.class);

  /** How long a command waits at its end for a receiver that does not answer. */
  private static final Duration LAST = Duration.ofSeconds(3);

  /** As Spring Boot has them. */
  private static final Duration CONNECT = Duration.ofSeconds(1);

  private static final Duration READ = Duration.ofSeconds(10);

  private final OtlpMeterRegistry registry;

  private OtlpPush(OtlpMeterRegistry registry) {
    this.registry = registry;
  }

  /**
   * Begins to measure, and to send on a thread of its own.
   *
   * @throws dev.stretto.transport.InvalidSettingException where a setting can't be used
   */
  public static OtlpPush start(ConfigurableEnvironment environment) {
    OtlpSettings settings = new OtlpSettings(environment).checked();
    OtlpMeterRegistry registry =
        OtlpMeterRegistry.builder(settings).metricsSender(sender(settings)).build();
    return new OtlpPush(registry);
  }

  /** Where is measured what is sent. */
  public MeterRegistry registry() {
    return registry;
  }

  private static OtlpMetricsSender sender(OtlpSettings settings) {
    OtlpMetricsSender http =
        new OtlpHttpMetricsSender(
            new HttpUrlConnectionSender(
                settings.timeout("connect-timeout", CONNECT),
                settings.timeout("read-timeout", READ)));
    AtomicBoolean told = new AtomicBoolean();
    return request -> {
      try {
        http.send(request);
      } catch (Exception e) {
        if (!told.getAndSet(true)) {
          LOG.warn("metrics could not be sent to the receiver at {}url: {}", PREFIX, e.toString());
        }
      }
    };
  }

  /** Sends the last, within some seconds. */
  public void end() {
    Thread last = Thread.ofPlatform().daemon().name("otlp-last").start(registry::close);
    try {
      if (!last.join(LAST)) {
        LOG.warn(
            "metrics were not taken by the receiver at {}url within {} s",
            PREFIX,
            LAST.toSeconds());
      }
    } catch (InterruptedException e) {
      // Nobody waits for them any more.
    }
  }
}
