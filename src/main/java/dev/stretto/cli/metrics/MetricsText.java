package dev.stretto.cli.metrics;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.stretto.cli.metrics.MetricsCommand.Format;
import io.prometheus.metrics.config.EscapingScheme;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.OpenMetricsTextFormatWriter;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.List;

/**
 * The metrics as text. Apart from the command, of which every start looks at the methods, and would
 * load what they mention.
 */
final class MetricsText {

  private MetricsText() {}

  static String of(Format format, List<ChannelReading> readings, Instant now) throws IOException {
    return of(format, ChannelMetrics.of(readings, now));
  }

  static String of(Format format, MetricSnapshots metrics) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    writer(format).write(bytes, metrics, EscapingScheme.UNDERSCORE_ESCAPING);
    return bytes.toString(UTF_8);
  }

  static String contentType(Format format) {
    return writer(format).getContentType();
  }

  private static ExpositionFormatWriter writer(Format format) {
    return switch (format) {
      case PROMETHEUS -> PrometheusTextFormatWriter.create();
      case OPENMETRICS -> OpenMetricsTextFormatWriter.create();
    };
  }
}
