package dev.stretto.transport.exec;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedOutputStream;
import java.io.BufferedReader;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Notes the lines that it reads, in a file, and answers them in another order, some of them by
 * asking for another try.
 */
public final class ReadingMain {

  private static final Pattern MEMBERS =
      Pattern.compile("\"id\":\"([^\"]*)\".*\"position\":(\\d+),\"attempt\":(\\d+)");

  private final Random random = new Random(7);
  private final List<String> unanswered = new ArrayList<>();
  private final PrintStream answers =
      new PrintStream(new BufferedOutputStream(System.out), false, UTF_8);

  private ReadingMain() {}

  /**
   * Reads to the end of its input.
   *
   * @param arguments the file, and how many messages are left without an answer while more come
   */
  public static void main(String[] arguments) throws IOException {
    try (PrintStream notes =
        new PrintStream(new FileOutputStream(arguments[0], true), true, UTF_8)) {
      new ReadingMain().read(notes, Integer.parseInt(arguments[1]));
    }
  }

  private void read(PrintStream notes, int behind) throws IOException {
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, UTF_8));
    answers.println("{\"ready\":true}");
    answers.flush();
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      Matcher members = MEMBERS.matcher(line);
      if (!members.find()) {
        throw new IOException("not understood: " + line);
      }
      int attempt = Integer.parseInt(members.group(3));
      notes.println(members.group(2) + " " + attempt + " " + members.group(1));
      boolean again = attempt == 1 && random.nextInt(10) == 0;
      unanswered.add(
          "{\"id\":\""
              + members.group(1)
              + "\",\"attempt\":"
              + attempt
              + ",\"outcome\":\""
              + (again ? "retry" : "delivered")
              + "\"}");
      if (!in.ready() || unanswered.size() > behind) {
        answer();
      }
    }
    answer();
  }

  private void answer() {
    Collections.shuffle(unanswered, random);
    unanswered.forEach(answers::println);
    unanswered.clear();
    answers.flush();
  }
}
