package dev.stretto.benchmark;

import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The most that Stretto could reach: a {@link GatedSender} in a JVM of its own. */
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

  public static void main(String[] arguments) {
    System.exit(new CommandLine(new CeilingMain()).execute(arguments));
  }

  @Override
  public Integer call() {
    long failed = new GatedSender(url, version, window).send(messages);
    if (failed > 0) {
      System.err.println(failed + " calls were not answered with 200");
    }
    return failed > 0 ? 1 : 0;
  }
}
