package dev.stretto.benchmark;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;

/** A {@link DestinationMain}, from the side of whoever started it. */
final class DestinationUnderTest implements AutoCloseable {

  /** As many messages as its code is compiled after. */
  private static final double WARM_UP = 20_000;

  private final Process jvm;
  private final BufferedReader says;
  private final PrintWriter ask;
  private final int port;

  /**
   * Returns once it is warm and listens.
   *
   * @param lanes how many channels or keys have an order of their own
   */
  DestinationUnderTest(Site site, Load load, int lanes) throws IOException {
    List<String> command =
        Java.command(
            DestinationMain.class,
            List.of("--version", load.version(), "--delay", load.delay().name()),
            List.of("--lanes", String.valueOf(lanes), "--streams", "1024"),
            List.of("--channels", String.valueOf(load.channels())),
            List.of("--warm-up", String.valueOf(site.scaled(WARM_UP))));
    jvm = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    says = jvm.inputReader(UTF_8);
    ask = new PrintWriter(jvm.outputWriter(UTF_8), true);
    port = Integer.parseInt(String.valueOf(says.readLine()));
  }

  String url() {
    return "http://127.0.0.1:" + port + "/";
  }

  ArrivalLog.Seen seen() throws IOException {
    ask.println();
    return JsonMapper.shared().readValue(says.readLine(), ArrivalLog.Seen.class);
  }

  @Override
  public void close() {
    jvm.destroyForcibly();
  }
}
