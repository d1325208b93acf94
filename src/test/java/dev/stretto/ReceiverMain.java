package dev.stretto;

import dev.stretto.receiver.Receiver;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.json.JsonMapper;

/**
 * The receiver in a JVM of its own. Prints its port on one line and answers until it is killed;
 * {@code GET /stats} and {@code GET /arrivals} tell what it saw, after {@code GET /at-once} it
 * answers without delay, and after {@code GET /accept} it rejects nothing more.
 */
@Command(name = "receiver")
public final class ReceiverMain implements Runnable {

  private static final JsonMapper JSON = new JsonMapper();

  @Option(names = "--port", description = "0 for a free one")
  private int port;

  @Option(names = "--delay", description = "milliseconds, or tail")
  private String delay = "0";

  @Option(names = "--hang", description = "the position that is not answered")
  private long hang;

  @Option(names = "--streams", description = "MAX_CONCURRENT_STREAMS")
  private int streams = 1024;

  @Option(names = "--reject", split = ",", description = "positions that are answered with 422")
  private Set<Long> rejected = new HashSet<>();

  private @Nullable Receiver receiver;
  private volatile boolean atOnce;
  private volatile boolean accepting;

  public static void main(String[] arguments) {
    System.exit(new CommandLine(new ReceiverMain()).execute(arguments));
  }

  @Override
  public void run() {
    LongFunction<Duration> answers =
        delay.equals("tail")
            ? Receiver.tail(1)
            : Receiver.constant(Duration.ofMillis(Long.parseLong(delay)));
    receiver =
        new Receiver(
            new Receiver.Options(
                port,
                position -> delay(position, answers),
                streams,
                null,
                Map.of(
                    "/stats",
                    this::stats,
                    "/arrivals",
                    this::arrivals,
                    "/at-once",
                    this::hurry,
                    "/accept",
                    this::accept)));
    receiver.answerWith(position -> !accepting && rejected.contains(position) ? 422 : 200);
    System.out.println(receiver.port());
    System.out.flush();
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      receiver.close();
    }
  }

  private Duration delay(long position, LongFunction<Duration> answers) {
    if (atOnce) {
      return Duration.ZERO;
    }
    return position == hang ? Duration.ofDays(1) : answers.apply(position);
  }

  private String hurry() {
    atOnce = true;
    return "";
  }

  private String accept() {
    accepting = true;
    return "";
  }

  private String stats() {
    return receiver == null ? "{}" : JSON.writeValueAsString(receiver.totals());
  }

  private String arrivals() {
    StringBuilder lines = new StringBuilder();
    if (receiver != null) {
      for (Receiver.Arrival arrival : receiver.arrivals()) {
        lines.append(JSON.writeValueAsString(arrival)).append('\n');
      }
    }
    return lines.toString();
  }
}
