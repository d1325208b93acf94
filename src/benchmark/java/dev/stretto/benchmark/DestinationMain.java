package dev.stretto.benchmark;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.stretto.transport.MapSettings;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.function.LongFunction;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.json.JsonMapper;

/**
 * The destination in a JVM of its own. Prints its port, then what it saw for every line that it
 * reads, and ends with its input.
 *
 * <p>It is warm, as a service is that has been up for a while: what is measured is how cold the
 * sender starts.
 */
@Command(name = "destination")
public final class DestinationMain implements Callable<Integer> {

  @Option(names = "--version", required = true)
  private String version = "";

  @Option(names = "--delay", required = true)
  private Delay delay = Delay.NONE;

  @Option(names = "--lanes", required = true)
  private int lanes;

  @Option(names = "--channels", required = true)
  private int channels;

  @Option(names = "--streams", required = true)
  private int streams;

  @Option(names = "--warm-up", required = true, description = "messages")
  private long messages;

  public static void main(String[] arguments) {
    System.exit(new CommandLine(new DestinationMain()).execute(arguments));
  }

  @Override
  public Integer call() throws Exception {
    warmUp();
    double before = cpuSeconds();
    ArrivalLog log = new ArrivalLog(lanes, Clock.systemUTC());
    Destination destination = new Destination(log, delay.answers(), version, streams, channels);
    System.out.println(destination.port());
    BufferedReader asked = new BufferedReader(new InputStreamReader(System.in, UTF_8));
    while (asked.readLine() != null) {
      System.out.println(JsonMapper.shared().writeValueAsString(log.seen(cpuSeconds() - before)));
    }
    return 0;
  }

  private void warmUp() throws Exception {
    LongFunction<Duration> atOnceOrLater = position -> Duration.ofMillis(position % 2);
    ArrivalLog nobodyLooks = new ArrivalLog(lanes, Clock.systemUTC());
    try (Destination destination =
        new Destination(nobodyLooks, atOnceOrLater, version, streams, channels)) {
      String url = "http://127.0.0.1:" + destination.port() + "/";
      long failed =
          new GatedSender(
                  "space", GatedSender.http(), MapSettings.url(url, "version", version), 64, 0)
              .send(messages);
      if (failed > 0) {
        throw new IllegalStateException(failed + " calls of the warm-up were not answered");
      }
    }
  }

  private static double cpuSeconds() {
    return ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO).toNanos() / 1e9;
  }
}
