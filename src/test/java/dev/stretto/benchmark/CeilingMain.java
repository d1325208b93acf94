package dev.stretto.benchmark;

import dev.stretto.outbox.Message;
import dev.stretto.transport.Call;
import dev.stretto.transport.MapSettings;
import dev.stretto.transport.Outcome;
import dev.stretto.transport.Transport;
import dev.stretto.transport.http.HttpTransportType;
import java.time.Clock;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * The most that Stretto could reach: its HTTP transport, window and gate, the next start after the
 * one before has left, and nothing else.
 */
@Command(name = "ceiling")
public final class CeilingMain implements Callable<Integer> {

  @Option(names = "--url", required = true)
  private String url = "";

  @Option(names = "--version", required = true)
  private String version = "";

  @Option(names = "--window", required = true)
  private int window;

  @Option(names = "--messages", required = true)
  private long messages;

  private final Thread starting = Thread.currentThread();
  private final AtomicInteger underWay = new AtomicInteger();
  private final AtomicLong failed = new AtomicLong();

  public static void main(String[] arguments) {
    System.exit(new CommandLine(new CeilingMain()).execute(arguments));
  }

  @Override
  public Integer call() {
    try (Transport transport =
        new HttpTransportType(Clock.systemUTC())
            .open("space", MapSettings.url(url, "version", version), window)) {
      for (long position = 1; position <= messages; position++) {
        while (underWay.get() >= Math.min(window, transport.capacity())) {
          LockSupport.park(this);
        }
        underWay.incrementAndGet();
        Leaving leaving = new Leaving();
        transport.start(new Call(message(position), 1, 1), leaving);
        while (!leaving.left) {
          LockSupport.park(this);
        }
      }
      while (underWay.get() > 0) {
        LockSupport.park(this);
      }
    }
    if (failed.get() > 0) {
      System.err.println(failed + " calls were not answered with 200");
    }
    return failed.get() > 0 ? 1 : 0;
  }

  private static Message message(long position) {
    return new Message(
        position,
        "space",
        position,
        new UUID(7, position).toString(),
        null,
        "application/json",
        Map.of(),
        "{\"n\":" + position + "}",
        0);
  }

  private final class Leaving implements Transport.Progress {

    private volatile boolean left;

    @Override
    public void handedOver() {
      left = true;
      LockSupport.unpark(starting);
    }

    @Override
    public void finished(Outcome outcome) {
      if (!(outcome instanceof Outcome.Delivered)) {
        failed.incrementAndGet();
      }
      left = true;
      underWay.decrementAndGet();
      LockSupport.unpark(starting);
    }
  }
}
