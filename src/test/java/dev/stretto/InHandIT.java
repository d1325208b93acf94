package dev.stretto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.stretto.receiver.Receiver.Totals;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A person pauses, watches, resumes and replays, while a dispatch serves the H2 file. */
@Tag("slow")
class InHandIT {

  private static final int MESSAGES = 2000;
  private static final int WINDOW = 8;

  @TempDir private Path folder;

  @Test
  void aChannelIsPausedWatchedResumedAndReplayed() throws Exception {
    try (ReceiverUnderTest receiver = ReceiverUnderTest.start("--delay", "200");
        Shell shell = new Shell(folder)) {
      shell.configureSpace(receiver.url(), "window: " + WINDOW);
      shell.append(1, MESSAGES);
      Shell.Running run = shell.start("dispatch", "--channel", "space", "--json");
      receiver.awaitCount(50, run);

      assertThat(shell.run("pause", "space", "--reason", "their release").exited(0).out())
          .contains("space: paused; run 1 starts nothing more");

      JsonNode stopped = run.await().exited(75).json();
      assertThat(stopped.path("status").asString()).isEqualTo("STOPPED");
      assertThat(stopped.path("reason").asString()).endsWith(": their release");
      int delivered = stopped.path("delivered").asInt();
      assertThat(receiver.totals().count()).isEqualTo(delivered).isLessThan(MESSAGES);
      assertThat(shell.run("runs").exited(0).out()).contains("PAUSED");
      JsonNode skipped = shell.run("dispatch", "--json").exited(0).json();
      assertThat(skipped.path("status").asString()).isEqualTo("PAUSED");
      shell.run("dispatch", "--channel", "space").exited(75);
      assertThat(receiver.totals().count()).as("still").isEqualTo(delivered);

      Shell.Running watch = shell.start("status", "--watch", "200ms", "--json");
      await().until(() -> watch.output().contains("\"deliveredPerSecond\":"));
      receiver.answerAtOnce();
      shell.run("resume", "space").exited(0);
      shell.run("dispatch", "--channel", "space").exited(0);
      watch.signal("INT");
      assertThat(watch.await().exited(0).out().lines())
          .allSatisfy(line -> {
            JsonNode look = JsonMapper.shared().readTree(line);
            assertThat(look.path("at").asString()).isNotEmpty();
            assertThat(look.has("channels")).isTrue();
          });

      JsonNode replayed = shell.run("replay", "space", "--from", "1h", "--json").exited(0).json();
      assertThat(replayed.path("replayed").asInt()).isEqualTo(MESSAGES);
      shell.run("dispatch", "--channel", "space").exited(0);

      Totals totals = receiver.totals();
      assertThat(totals.count()).isEqualTo(2 * MESSAGES);
      assertThat(totals.distinct()).isEqualTo(MESSAGES);
      assertThat(receiver.arrivals().subList(MESSAGES, 2 * MESSAGES))
          .allMatch(arrival -> arrival.attempt() == 2);
      assertThat(shell.statuses()).isEqualTo(Map.of("DELIVERED", MESSAGES));
      assertThat(shell.run("verify").exited(0).out())
          .contains("space: 2,000 first starts kept their order");
    }
  }
}
