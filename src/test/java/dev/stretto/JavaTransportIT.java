package dev.stretto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A user's own destination: a class in a jar that is put into plugins/. */
@Tag("slow")
class JavaTransportIT {

  private static final int WINDOW = 64;

  private static final String SENDER =
      """
      package org.example;

      import dev.stretto.message.Message;
      import dev.stretto.transport.java.Sender;
      import java.nio.ByteBuffer;
      import java.nio.channels.FileChannel;
      import java.nio.file.Path;
      import java.nio.file.StandardOpenOption;
      import java.util.Map;

      public final class Notebook implements Sender {

        private FileChannel file;

        @Override
        public void open(Map<String, String> properties) throws Exception {
          file =
              FileChannel.open(
                  Path.of(properties.get("file")),
                  StandardOpenOption.CREATE,
                  StandardOpenOption.APPEND);
        }

        @Override
        public void send(Message message) throws Exception {
          long entered = System.nanoTime();
          write(message, entered);
          Thread.sleep(50);
        }

        private void write(Message message, long entered) throws Exception {
          String line =
              message.position() + " " + entered + " " + message.messageId() + " "
                  + message.payload() + "\\n";
          file.write(ByteBuffer.wrap(line.getBytes()));
        }
      }
      """;

  @TempDir private Path folder;
  private Path home;
  private Path notes;

  @BeforeEach
  void putTheSenderIntoACopyOfTheDistribution() throws IOException {
    home = Shell.copyOfTheDistribution(folder.resolve("stretto"));
    notes = folder.resolve("notes");
    Path source = folder.resolve("Notebook.java");
    Files.writeString(source, SENDER);
    Path classes = folder.resolve("classes");
    int compiled =
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                null,
                null,
                "-cp",
                jars(home.resolve("lib")),
                "-proc:none",
                "-d",
                classes.toString(),
                source.toString());
    assertThat(compiled).isZero();
    try (JarOutputStream jar =
        new JarOutputStream(Files.newOutputStream(home.resolve("plugins/notebook.jar")))) {
      String name = "org/example/Notebook.class";
      jar.putNextEntry(new JarEntry(name));
      Files.copy(classes.resolve(name), jar);
    }
  }

  /**
   * One call of the sender.
   *
   * @param entered when its method was entered, in nanoseconds
   */
  private record Note(long position, long entered, String id, String payload) {
    static Note of(String line) {
      String[] words = line.split(" ", 4);
      return new Note(Long.parseLong(words[0]), Long.parseLong(words[1]), words[2], words[3]);
    }
  }

  @Test
  void entersCallsInOrderAndOverlapsThem() throws Exception {
    try (Shell shell = shell()) {
      shell.append(1, 1000);

      JsonNode run = shell.run("dispatch", "--channel", "space", "--json").exited(0).json();

      assertThat(run.path("delivered").asInt()).isEqualTo(1000);
      List<Note> calls = notes();
      assertThat(calls)
          .extracting(Note::position)
          .containsExactlyElementsOf(LongStream.rangeClosed(1, 1000).boxed().toList());
      assertThat(calls)
          .allSatisfy(
              call -> assertThat(call.payload()).isEqualTo("{\"n\":" + call.position() + "}"));
      assertThat(mostWithin50Millis(calls)).isBetween(2, WINDOW);
      assertThat(shell.statuses()).isEqualTo(Map.of("DELIVERED", 1000));
    }
  }

  @Test
  void carriesOnAfterAKill() throws Exception {
    try (Shell shell = shell()) {
      shell.append(1, 3000);
      Shell.Running killed = shell.start("dispatch", "--channel", "space");
      await().until(() -> Files.exists(notes) && Files.readAllLines(notes).size() > 1000);
      killed.kill();
      int before = notes().size();
      assertThat(before).isLessThan(3000);

      JsonNode run = shell.run("dispatch", "--channel", "space", "--json").exited(0).json();

      assertThat(run.path("resent").asInt(-1)).isBetween(0, WINDOW);
      List<Note> calls = notes();
      assertThat(calls.stream().map(Note::id).distinct()).hasSize(3000);
      assertThat(calls.size() - 3000).isBetween(0, WINDOW);
      assertThat(calls.subList(0, before)).extracting(Note::position).isSorted();
      assertThat(calls.subList(before, calls.size())).extracting(Note::position).isSorted();
      assertThat(shell.executions())
          .extracting(Shell.Execution::status)
          .containsExactly("FAILED", "COMPLETED");
      assertThat(shell.executions()).extracting(Shell.Execution::instance).containsOnly(1L);
    }
  }

  private Shell shell() throws IOException {
    Shell shell = new Shell(folder, home);
    shell.configure(
        """
        spring.datasource.url: jdbc:h2:file:./data/stretto
        stretto:
          lease: 2s
          channels:
            space:
              transport: java
              window: %d
              java:
                class: org.example.Notebook
                properties: { file: "%s" }
        """
            .formatted(WINDOW, notes));
    return shell;
  }

  /** The calls so far, in the order in which they were entered. */
  private List<Note> notes() throws IOException {
    return Files.readAllLines(notes).stream()
        .map(Note::of)
        .sorted(Comparator.comparingLong(Note::entered))
        .toList();
  }

  /** How many calls at most were entered within the time that one takes at least. */
  private static int mostWithin50Millis(List<Note> calls) {
    int most = 0;
    int first = 0;
    for (int last = 0; last < calls.size(); last++) {
      while (calls.get(last).entered() - calls.get(first).entered() >= 50_000_000) {
        first++;
      }
      most = Math.max(most, last - first + 1);
    }
    return most;
  }

  private static String jars(Path lib) throws IOException {
    try (Stream<Path> files = Files.list(lib)) {
      return files.map(Path::toString).collect(Collectors.joining(":"));
    }
  }
}
