package dev.stretto.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.stretto.append.Appender;
import dev.stretto.cli.start.CommandContext;
import dev.stretto.cli.start.OpenApplication;
import java.io.ByteArrayInputStream;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/**
 * A command in a JVM of its own that opens the database, says so, and then stands still until it is
 * killed.
 */
final class Blocked {

  private Blocked() {}

  /**
   * Opens the database and stands still.
   *
   * @param args {@code alone}, {@code serve} or {@code append}, then properties
   */
  public static void main(String[] args) throws Exception {
    List<String> properties = Arrays.asList(args).subList(1, args.length);
    CommandContext context =
        new CommandContext(
            System.in,
            new PrintWriter(System.out, true, UTF_8),
            new PrintWriter(System.err, true, UTF_8),
            properties);
    OpenApplication application =
        args[0].equals("serve") ? context.openForOthersToo() : context.open();
    if (args[0].equals("append")) {
      application
          .get(Appender.class)
          .append(
              new ByteArrayInputStream(CommandLineRun.lines("1", "2", "3")),
              new Appender.Input("space", null, "application/json", false));
    }
    context.print("ready");
    new CountDownLatch(1).await();
  }
}
