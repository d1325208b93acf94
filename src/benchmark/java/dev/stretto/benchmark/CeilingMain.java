package dev.stretto.benchmark;

import dev.stretto.transport.MapSettings;
import dev.stretto.transport.TransportSettings;
import dev.stretto.transport.TransportType;
import dev.stretto.transport.exec.ExecTransportType;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The most that Stretto could reach: a {@link GatedSender} a channel in a JVM of their own. */
@Command(name = "ceiling")
public final class CeilingMain implements Callable<Integer> {

  @Option(names = "--url", description = "where HTTP requests go")
  private String url = "";

  @Option(names = "--version", description = "of HTTP")
  private String version = "2";

  @Parameters(description = "the program that messages go through instead, and its arguments")
  private List<String> command = List.of();

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
    TransportType type = type();
    try (ExecutorService senders = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Long>> sending = new ArrayList<>();
      for (int number = 0; number < channels; number++) {
        GatedSender sender = new GatedSender("space" + number, type, settings(), window, size);
        long share = messages / channels + (number < messages % channels ? 1 : 0);
        sending.add(senders.submit(() -> sender.send(share)));
      }
      for (Future<Long> one : sending) {
        failed += one.get();
      }
    }
    if (failed > 0) {
      System.err.println(failed + " messages were not delivered");
    }
    return failed > 0 ? 1 : 0;
  }

  private TransportType type() {
    return command.isEmpty() ? GatedSender.http() : new ExecTransportType();
  }

  private TransportSettings settings() {
    if (command.isEmpty()) {
      return MapSettings.url(url, "version", version);
    }
    MapSettings program = MapSettings.of("exec");
    for (int i = 0; i < command.size(); i++) {
      program.put("command[" + i + "]", command.get(i));
    }
    return program;
  }
}
