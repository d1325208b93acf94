package dev.stretto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.stretto.transport.exec.ReadingMain;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Messages through a program of one's own, which notes every line that it reads. */
@Tag("slow")
class ExecIT {

  private static final int WINDOW = 64;
  private static final int MESSAGES = 20_000;
  private static final int KILLS = 3;

  @TempDir private Path folder;
  private Path notes;

  @BeforeEach
  void nameTheNotes() {
    notes = folder.resolve("notes");
  }

  /** A line that the program read. */
  private record Note(long position, int attempt, String id) {
    static Note of(String line) {
      String[] words = line.split(" ");
      return new Note(Long.parseLong(words[0]), Integer.parseInt(words[1]), words[2]);
    }
  }

  @Test
  void carriesOnAfterEveryKill() throws Exception {
    try (Shell shell = shell()) {
      shell.append(1, MESSAGES);
      int[] read = new int[KILLS + 1];
      for (int kill = 1; kill <= KILLS; kill++) {
        Shell.Running run = shell.start("dispatch", "--channel", "space");
        awaitNotes(read[kill - 1] + 3000, run);
        List<ProcessHandle> program = descendants(run);
        assertThat(program).isNotEmpty();
        run.kill();
        // Its input has ended, and so does it.
        awaitEnd(program);
        read[kill] = notes().size();
      }

      JsonNode last = shell.run("dispatch", "--channel", "space", "--json").exited(0).json();

      assertThat(last.path("resent").asInt(-1)).isBetween(0, WINDOW);
      assertThat(shell.statuses()).isEqualTo(Map.of("DELIVERED", MESSAGES));
      List<Note> all = notes();
      firstAttemptsWereReadInOrder(all);
      everyMessageWasReadWithOnePosition(all);
      assertThat(shell.executions())
          .extracting(Shell.Execution::status)
          .containsExactly("FAILED", "FAILED", "FAILED", "COMPLETED");
    }
  }

  @Test
  void aProgramThatIsKilledIsStartedAgainAndNothingIsLost() throws Exception {
    try (Shell shell = shell()) {
      shell.append(1, MESSAGES);
      Shell.Running run = shell.start("dispatch", "--channel", "space", "--json");
      for (int kill = 1; kill <= KILLS; kill++) {
        awaitNotes(kill * 3000, run);
        descendants(run).forEach(ProcessHandle::destroyForcibly);
      }

      JsonNode result = run.await().exited(0).json();

      assertThat(result.path("delivered").asInt()).isEqualTo(MESSAGES);
      assertThat(result.path("parked").asInt(-1)).isZero();
      shell.run("verify", "--channel", "space").exited(0);
      List<Note> all = notes();
      everyMessageWasReadWithOnePosition(all);
      // Whatever a program that died had not yet read is sent again.
      assertThat(late(all)).isLessThanOrEqualTo(KILLS * WINDOW);
    }
  }

  @Test
  void aStopLeavesNothingBehind() throws Exception {
    try (Shell shell = shell()) {
      shell.append(1, MESSAGES);
      Shell.Running run = shell.start("dispatch", "--channel", "space");
      awaitNotes(3000, run);
      List<ProcessHandle> program = descendants(run);

      run.signal("TERM");

      run.await().exited(75);
      assertThat(program).isNotEmpty().noneMatch(ProcessHandle::isAlive);
      int read = notes().size();
      shell.run("dispatch", "--channel", "space").exited(0);
      assertThat(shell.statuses()).isEqualTo(Map.of("DELIVERED", MESSAGES));
      List<Note> all = notes();
      assertThat(all.stream().skip(read)).as("none of the stopped run's").isNotEmpty();
      firstAttemptsWereReadInOrder(all);
      assertThat(all.stream().filter(note -> note.attempt() == 1)).hasSize(MESSAGES);
    }
  }

  @Test
  void aProgramThatIsNotThereEndsWithTwoBeforeAnythingIsSent() throws Exception {
    try (Shell shell = shell()) {
      shell.append(1, 3);

      assertThat(
              shell
                  .run(
                      "dispatch",
                      "--channel",
                      "space",
                      "--stretto.channels.space.exec.command=no-such-program")
                  .exited(2)
                  .err())
          .contains(
              "stretto.channels.space.exec.command: there is no program 'no-such-program' on the"
                  + " PATH; give its path");
      assertThat(
              shell
                  .run(
                      "dispatch", "--channel", "space", "--stretto.channels.space.exec.processes=2")
                  .exited(2)
                  .err())
          .contains("stretto.channels.space.exec.processes: more than 1 needs ordering key");
      assertThat(notes).doesNotExist();
    }
  }

  private Shell shell() throws IOException {
    Shell shell = new Shell(folder);
    shell.configure(
        """
        spring.datasource.url: jdbc:h2:file:./data/stretto
        stretto:
          lease: 2s
          channels:
            space:
              transport: exec
              window: %d
              retry.backoff: 10ms
              exec:
                command: [%s/bin/java, -XX:TieredStopAtLevel=1, -cp, %s, %s, %s, 16]
        """
            .formatted(
                WINDOW,
                System.getProperty("java.home"),
                Path.of("target/test-classes").toAbsolutePath(),
                ReadingMain.class.getName(),
                notes));
    return shell;
  }

  private static List<ProcessHandle> descendants(Shell.Running run) {
    return ProcessHandle.of(run.pid()).map(ProcessHandle::descendants).orElse(Stream.of()).toList();
  }

  private static void awaitEnd(List<ProcessHandle> processes) {
    await().until(() -> processes.stream().noneMatch(ProcessHandle::isAlive));
  }

  private void awaitNotes(int count, Shell.Running run) {
    await().until(() -> !run.alive() || (Files.exists(notes) && notes().size() >= count));
    assertThat(run.alive()).as(run.output()).isTrue();
  }

  /** Whole lines only: the last may be under way. */
  private List<Note> notes() throws IOException {
    String all = Files.readString(notes);
    return all.substring(0, all.lastIndexOf('\n') + 1).lines().map(Note::of).toList();
  }

  /** How many messages were first read behind one of a later position. */
  private static long late(List<Note> all) {
    Set<Long> read = new HashSet<>();
    long last = 0;
    long late = 0;
    for (Note note : all) {
      if (read.add(note.position())) {
        late += note.position() < last ? 1 : 0;
        last = Math.max(last, note.position());
      }
    }
    return late;
  }

  private static void everyMessageWasReadWithOnePosition(List<Note> all) {
    Map<String, Set<Long>> positions = new HashMap<>();
    all.forEach(
        note -> positions.computeIfAbsent(note.id(), id -> new TreeSet<>()).add(note.position()));
    assertThat(positions.values()).filteredOn(each -> each.size() > 1).isEmpty();
    assertThat(positions).hasSize(MESSAGES);
  }

  private static void firstAttemptsWereReadInOrder(List<Note> all) {
    assertThat(all.stream().filter(note -> note.attempt() == 1))
        .extracting(Note::position)
        .isSorted()
        .doesNotHaveDuplicates();
  }
}
