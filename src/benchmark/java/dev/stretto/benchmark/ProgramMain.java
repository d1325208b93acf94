package dev.stretto.benchmark;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.json.JsonMapper;

/** A program that does nothing with its messages but answer them, at once. */
public final class ProgramMain {

  private static final Pattern MEMBERS =
      Pattern.compile("\"id\":\"([^\"]*)\".*?\"position\":(\\d+)");

  private ProgramMain() {}

  /**
   * Reads to the end of its input, and then writes an {@link ArrivalLog.Seen}.
   *
   * @param arguments the file that it writes
   */
  public static void main(String[] arguments) throws IOException {
    ArrivalLog log = new ArrivalLog(1, Clock.systemUTC());
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, UTF_8));
    StringBuilder answers = new StringBuilder("{\"ready\":true}\n");
    PrintStream out = new PrintStream(System.out, false, UTF_8);
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      Matcher members = MEMBERS.matcher(line);
      if (!members.find()) {
        throw new IOException("not understood: " + line);
      }
      log.arrived(Long.parseLong(members.group(2)));
      answers
          .append("{\"id\":\"")
          .append(members.group(1))
          .append("\",\"outcome\":\"delivered\"}\n");
      if (!in.ready()) {
        out.append(answers).flush();
        answers.setLength(0);
        log.answered();
      }
    }
    Files.writeString(
        Path.of(arguments[0]), JsonMapper.shared().writeValueAsString(log.seen(0)), UTF_8);
  }
}
