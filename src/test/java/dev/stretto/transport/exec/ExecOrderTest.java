package dev.stretto.transport.exec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stretto.message.Message;
import dev.stretto.transport.Call;
import dev.stretto.transport.Driver;
import dev.stretto.transport.Outcome;
import dev.stretto.transport.Transport;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExecOrderTest {

  private static final int CALLS = 20_000;
  private static final int WINDOW = 64;

  @TempDir private Path folder;

  /** With retries between the first attempts, as the dispatching thread starts them. */
  @Test
  void linesAreReadInStartOrderAndAnswersComeInAny() throws Exception {
    Path notes = folder.resolve("notes");
    List<String> started = new ArrayList<>();
    try (Transport transport =
        Programs.java(WINDOW, ReadingMain.class, List.of(notes.toString(), "16"))) {
      Driver driver = new Driver(transport);
      List<Call> calls = LongStream.rangeClosed(1, CALLS).mapToObj(Driver::call).toList();
      for (int from = 0; from < CALLS; from += CALLS / 10) {
        List<Call> part = calls.subList(from, from + CALLS / 10);
        List<Call> again = new ArrayList<>();
        List<Outcome> outcomes = driver.run(part);
        for (int i = 0; i < part.size(); i++) {
          started.add(note(part.get(i)));
          if (!(outcomes.get(i) instanceof Outcome.Delivered)) {
            again.add(new Call(part.get(i).message(), 2, 42));
          }
        }
        again.forEach(call -> started.add(note(call)));

        assertThat(again).hasSizeGreaterThan(CALLS / 200);
        assertThat(driver.run(again)).allMatch(Outcome.Delivered.class::isInstance);
      }
      assertThat(driver.mostUnderWay()).isBetween(2, WINDOW);
      assertThat(driver.misuses()).isZero();
    }

    assertThat(Files.readAllLines(notes)).isEqualTo(started);
  }

  /** What the program writes when it has read it. */
  private static String note(Call call) {
    Message message = call.message();
    return message.position() + " " + call.attempt() + " " + message.messageId();
  }
}
