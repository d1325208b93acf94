package dev.stretto.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.stretto.outbox.Appender;
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
    Session session =
        new Session(
            System.in,
            new PrintWriter(System.out, true, UTF_8),
            new PrintWriter(System.err, true, UTF_8),
            properties);
    Application application = args[0].equals("serve") ? session.openForOthersToo() : session.open();
    if (args[0].equals("append")) {
      application
          .get(Appender.class)
          .append(
              new ByteArrayInputStream(CommandLineRun.lines("1", "2", "3")),
              new Appender.Input("space", null, "application/json", false));
    }
    session.print("ready");
    new CountDownLatch(1).await();
  }
}
