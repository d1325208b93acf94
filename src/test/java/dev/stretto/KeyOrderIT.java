package dev.stretto;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stretto.receiver.Receiver.Arrival;
import dev.stretto.receiver.Receiver.Totals;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Messages of a few keys, killed in the middle and carried on. */
@Tag("slow")
class KeyOrderIT {

  private static final int KEYS = 4;
  private static final int MESSAGES_A_KEY = 300;
  private static final int WINDOW = 8;

  @TempDir private Path folder;

  @Test
  void eachKeyArrivesInOrderThoughTheRunIsKilled() throws Exception {
    try (ReceiverUnderTest receiver = ReceiverUnderTest.start("--delay", "40");
        Shell shell = new Shell(folder).takenOverSoon()) {
      shell.configureSpace(receiver.url(), "window: " + WINDOW, "ordering: key", "look-ahead: 32");
      for (int key = 0; key < KEYS; key++) {
        shell.append(key * MESSAGES_A_KEY + 1, MESSAGES_A_KEY, "--key", "key-" + key);
      }
      Shell.Running killed = shell.start("dispatch", "--channel", "space");
      receiver.awaitCount(300, killed);
      killed.kill();
      receiver.answerAtOnce();

      JsonNode run = shell.run("dispatch", "--channel", "space", "--json").exited(0).json();

      assertThat(run.path("resent").asInt(-1)).isBetween(0, WINDOW);
      Totals totals = receiver.totals();
      assertThat(totals.distinct()).isEqualTo(KEYS * MESSAGES_A_KEY);
      assertThat(totals.duplicates()).isBetween(0L, (long) WINDOW);
      assertThat(totals.maxInFlight()).isBetween(2, KEYS);
      List<Arrival> arrivals = receiver.arrivals();
      for (int key = 0; key < KEYS; key++) {
        long first = (long) key * MESSAGES_A_KEY + 1;
        assertThat(arrivals.stream().map(Arrival::position))
            .filteredOn(position -> position >= first && position < first + MESSAGES_A_KEY)
            .as("positions of key-%d as they arrived", key)
            .isSorted();
      }
      assertThat(shell.statuses()).isEqualTo(Map.of("DELIVERED", KEYS * MESSAGES_A_KEY));
    }
  }
}
