package dev.stretto.cli;

import static dev.stretto.cli.CommandLineRun.lines;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.sun.net.httpserver.HttpServer;
import dev.stretto.cli.CommandLineRun.Result;
import dev.stretto.message.Message;
import dev.stretto.transport.java.Sender;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** A dispatch sends what was measured to a receiver of OpenTelemetry's, and does without one. */
@Tag("slow")
@ExtendWith(OutputCaptureExtension.class)
@Isolated("looks at the output")
class PushedMetricsTest {

  private static final String URL = "--management.otlp.metrics.export.url=";

  @TempDir Path folder;
  private final List<ExportMetricsServiceRequest> received = new CopyOnWriteArrayList<>();
  private HttpServer receiver;
  private CommandLineRun stretto;

  @BeforeEach
  void setUp() throws IOException {
    receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    receiver.createContext(
        "/v1/metrics",
        exchange -> {
          received.add(ExportMetricsServiceRequest.parseFrom(exchange.getRequestBody()));
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    receiver.start();
    stretto =
        new CommandLineRun(folder)
            .with("--stretto.channels.space.transport=java")
            .with("--stretto.channels.space.java.class=" + TakesAll.class.getName());
    stretto.run(lines("1", "2", "3"), "append", "--channel", "space");
  }

  @AfterEach
  void stop() {
    receiver.stop(0);
  }

  @Test
  void sendsWhatWasMeasuredAtTheEnd() {
    stretto.with(URL + "http://127.0.0.1:" + receiver.getAddress().getPort() + "/v1/metrics");

    Result result = stretto.run("dispatch");

    assertThat(result.code()).isZero();
    assertThat(result.err()).doesNotContain("metrics");
    assertThat(received).hasSize(1);
    ResourceMetrics all = received.getFirst().getResourceMetrics(0);
    assertThat(all.getResource().getAttributesList())
        .extracting(KeyValue::getKey, attribute -> attribute.getValue().getStringValue())
        .contains(tuple("service.name", "stretto"));
    assertThat(sum(all, "stretto.run.starts")).isEqualTo(3);
    assertThat(sum(all, "stretto.run.delivered")).isEqualTo(3);
    assertThat(sum(all, "stretto.run.retries")).isZero();
    assertThat(sum(all, "stretto.run.parked")).isZero();
    Metric calls = metric(all, "stretto.run.calls");
    assertThat(calls.getHistogram().getDataPoints(0).getCount()).isEqualTo(3);
    assertThat(calls.getHistogram().getDataPoints(0).getAttributesList())
        .extracting(KeyValue::getKey, attribute -> attribute.getValue().getStringValue())
        .containsExactlyInAnyOrder(tuple("channel", "space"), tuple("outcome", "delivered"));
    assertThat(metric(all, "stretto.run.commits").getHistogram().getDataPoints(0).getCount())
        .isPositive();
    assertThat(all.getScopeMetrics(0).getMetricsList())
        .extracting(Metric::getName)
        .contains(
            "stretto.run.calls.active",
            "stretto.run.window",
            "stretto.run.gate.closed",
            "stretto.lease.renewals",
            "spring.batch.job",
            "spring.batch.step");
  }

  @Test
  void aReceiverThatIsDownIsToldOfOnceAndFailsNothing(CapturedOutput console) {
    receiver.stop(0);
    stretto.with(URL + "http://127.0.0.1:" + receiver.getAddress().getPort() + "/v1/metrics");

    Result result = stretto.run("dispatch", "--json");

    assertThat(result.code()).isZero();
    assertThat(result.out()).contains("\"delivered\":3");
    assertThat(console.getErr().lines())
        .filteredOn(line -> line.contains("metrics could not be sent"))
        .hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({
    "url=nowhere, management.otlp.metrics.export.url",
    "step=soon, management.otlp.metrics.export.step",
    "read-timeout=soon, management.otlp.metrics.export.read-timeout",
    "aggregation-temporality=odd, management.otlp.metrics.export.aggregation-temporality",
    "stap=1m, 'management.otlp.metrics.export.stap: there is no such property; did you mean'",
  })
  void whatCannotBeUsedIsNamedBeforeAnythingIsSent(String setting, String named) {
    stretto
        .with(URL + "http://127.0.0.1:1/v1/metrics")
        .with("--management.otlp.metrics.export." + setting);

    Result result = stretto.run("dispatch");

    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err()).contains(named).hasLineCount(1);
    assertThat(new CommandLineRun(folder).run("status", "--json").out()).contains("\"pending\":3");
  }

  private static double sum(ResourceMetrics all, String name) {
    return metric(all, name).getSum().getDataPoints(0).getAsDouble();
  }

  private static Metric metric(ResourceMetrics all, String name) {
    return all.getScopeMetrics(0).getMetricsList().stream()
        .filter(metric -> metric.getName().equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no " + name + " in " + all));
  }

  /** Public, as the class of a channel must be. */
  public static final class TakesAll implements Sender {
    @Override
    public void send(Message message) {}
  }
}
