package dev.stretto.benchmark;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The most that Stretto could reach: a {@link GatedSender} a channel in a JVM of their own. */
@Command(name = "ceiling")
public final class CeilingMain implements Callable<Integer> {

  @Option(names = "--url", required = true)
  private String url = "";

  @Option(names = "--version", required = true)
  private String version = "";

  @Option(names = "--window", required = true)
  private int window;

  @Option(names = "--messages", required = true, description = "of all channels")
  private long messages;

  @Option(names = "--channels", required = true)
  private int channels;

  @Option(names = "--size", required = true, description = "of a payload in bytes; 0 for some ten")
  private int size;

  public static void main(String[] arguments) {
    System.exit(new CommandLine(new CeilingMain()).execute(arguments));
  }

  @Override
  public Integer call() throws Exception {
    long failed = 0;
    try (ExecutorService senders = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Long>> sending = new ArrayList<>();
      for (int number = 0; number < channels; number++) {
        GatedSender sender = new GatedSender("space" + number, url, version, window, size);
        long share = messages / channels + (number < messages % channels ? 1 : 0);
        sending.add(senders.submit(() -> sender.send(share)));
      }
      for (Future<Long> one : sending) {
        failed += one.get();
      }
    }
    if (failed > 0) {
      System.err.println(failed + " calls were not answered with 200");
    }
    return failed > 0 ? 1 : 0;
  }
}
