package dev.stretto.cli.metrics;

import dev.stretto.batch.RunSummary;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.prometheus.metrics.model.snapshots.Unit;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The metrics of channels. Of what happened there is the time, not how long ago it was: that goes
 * on rising where nobody writes the metrics any more.
 */
final class ChannelMetrics {

  private static final String CHANNEL = "channel";

  private final MetricSnapshots.Builder metrics = MetricSnapshots.builder();
  private final List<ChannelReading> readings;

  private ChannelMetrics(List<ChannelReading> readings) {
    this.readings = readings;
  }

  /** How the last run ended, or that it has not. */
  private enum RunStatus {
    /** It is under way. */
    RUNNING,
    /** It did all it was to do. */
    COMPLETED,
    /** It is to be carried on. */
    STOPPED,
    /** Somebody has to act, or the database was lost. */
    FAILED,
    /** It was killed. */
    DEAD;

    static RunStatus of(RunSummary run) {
      return switch (run.status()) {
        case "STARTING", "STARTED", "STOPPING" -> RUNNING;
        case "COMPLETED" -> COMPLETED;
        case "STOPPED" -> STOPPED;
        case RunSummary.DEAD -> DEAD;
        default -> FAILED;
      };
    }

    String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * All metrics; of a channel of which something is not known, that one is missing.
   *
   * @param now by this machine's clock, as monitoring compares times with its own
   */
  static MetricSnapshots of(List<ChannelReading> readings, Instant now) {
    ChannelMetrics all = new ChannelMetrics(readings);
    all.messages();
    all.times(now);
    all.state();
    all.lastRuns();
    return all.metrics.build();
  }

  private void messages() {
    gauge(
        "stretto_pending_messages",
        "Messages that wait: neither claimed by a run nor settled.",
        reading -> reading.status().pending());
    gauge(
        "stretto_in_flight_messages",
        "Messages that a run has claimed, living or dead.",
        reading -> reading.status().inFlight());
    gauge(
        "stretto_parked_messages",
        "Messages that were set aside for a person to decide.",
        reading -> reading.status().parked());
    counter(
        "stretto_delivered_messages",
        "Messages that were ever delivered, purged ones included.",
        reading -> reading.record().delivered());
    counter(
        "stretto_discarded_messages",
        "Messages that were ever discarded, purged ones included.",
        reading -> reading.record().discarded());
    counter(
        "stretto_late_messages",
        "Messages whose transactions were committed later than those of higher ids.",
        reading -> reading.status().late());
    gauge(
        "stretto_blocked_keys",
        "Ordering keys that wait behind a parked message.",
        reading -> reading.status().blockedKeys());
    gauge(
        "stretto_closed_keys",
        "Ordering keys that may not be called yet.",
        ChannelReading::closedKeys);
  }

  private void times(Instant now) {
    time(
        "stretto_oldest_pending_timestamp_seconds",
        "Since when the message waits that has waited longest; missing where none is pending.",
        reading -> reading.oldestPending(now));
    time(
        "stretto_gate_closed_since_timestamp_seconds",
        "Since when nothing is delivered; missing while the start gate is open.",
        ChannelReading::closedSince);
    time(
        "stretto_gate_closed_until_timestamp_seconds",
        "Until when the destination asked to be left alone; missing where it did not.",
        ChannelReading::closedUntil);
    time(
        "stretto_last_success_timestamp_seconds",
        "When a message was last delivered, or a run ended that did all it was to do.",
        ChannelReading::lastSuccess);
    metrics.metricSnapshot(
        GaugeSnapshot.builder()
            .name("stretto_collected_timestamp_seconds")
            .help("When these metrics were read from the database.")
            .unit(Unit.SECONDS)
            .dataPoint(GaugeDataPointSnapshot.builder().value(seconds(now)).build())
            .build());
  }

  private void state() {
    flag(
        "stretto_gate_closed",
        "Whether the channel stands still, for its destination takes nothing or a person must act.",
        reading -> reading.status().gate() != null);
    flag("stretto_lease_held", "Whether a run holds the channel.", ChannelReading::leaseHeld);
    flag(
        "stretto_channel_configured",
        "Whether the configuration names the channel.",
        ChannelReading::configured);
  }

  private void lastRuns() {
    time(
        "stretto_last_run_started_timestamp_seconds",
        "When the run began that had the channel last.",
        reading -> reading.lastRun() == null ? null : reading.lastRun().started());
    time(
        "stretto_last_run_ended_timestamp_seconds",
        "When that run ended; missing while it has not.",
        reading -> reading.lastRun() == null ? null : reading.lastRun().ended());
    GaugeSnapshot.Builder statuses =
        GaugeSnapshot.builder()
            .name("stretto_last_run_status")
            .help("How that run stands: 1 for its status, 0 for the others.");
    for (ChannelReading reading : readings) {
      RunSummary run = reading.lastRun();
      if (run != null) {
        for (RunStatus status : RunStatus.values()) {
          statuses.dataPoint(
              GaugeDataPointSnapshot.builder()
                  .labels(Labels.of(CHANNEL, reading.status().channel(), "status", status.label()))
                  .value(RunStatus.of(run) == status ? 1 : 0)
                  .build());
        }
      }
    }
    metrics.metricSnapshot(statuses.build());
  }

  private void gauge(String name, String help, ToLongFunction<ChannelReading> value) {
    gauge(GaugeSnapshot.builder().name(name).help(help), value::applyAsLong);
  }

  private void flag(String name, String help, Predicate<ChannelReading> value) {
    gauge(GaugeSnapshot.builder().name(name).help(help), reading -> value.test(reading) ? 1 : 0);
  }

  private void time(String name, String help, Function<ChannelReading, @Nullable Instant> value) {
    gauge(
        GaugeSnapshot.builder().name(name).help(help).unit(Unit.SECONDS),
        reading -> {
          Instant time = value.apply(reading);
          return time == null ? null : seconds(time);
        });
  }

  private void gauge(
      GaugeSnapshot.Builder gauge, Function<ChannelReading, @Nullable Number> value) {
    for (ChannelReading reading : readings) {
      Number number = value.apply(reading);
      if (number != null) {
        gauge.dataPoint(
            GaugeDataPointSnapshot.builder()
                .labels(labels(reading))
                .value(number.doubleValue())
                .build());
      }
    }
    metrics.metricSnapshot(gauge.build());
  }

  /** The name's {@code _total} is the format's to add. */
  private void counter(String name, String help, ToLongFunction<ChannelReading> value) {
    CounterSnapshot.Builder counter = CounterSnapshot.builder().name(name).help(help);
    for (ChannelReading reading : readings) {
      counter.dataPoint(
          CounterDataPointSnapshot.builder()
              .labels(labels(reading))
              .value((double) value.applyAsLong(reading))
              .build());
    }
    metrics.metricSnapshot(counter.build());
  }

  private static Labels labels(ChannelReading reading) {
    return Labels.of(CHANNEL, reading.status().channel());
  }

  private static double seconds(Instant time) {
    return time.toEpochMilli() / 1000.0;
  }
}
