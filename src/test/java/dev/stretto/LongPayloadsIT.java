package dev.stretto;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stretto.database.Database;
import dev.stretto.database.OnEachDatabase;
import dev.stretto.receiver.Receiver.Totals;
import java.io.BufferedWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

/** Law 11: messages of a megabyte, more than the heap holds. */
@OnEachDatabase
@Tag("slow")
class LongPayloadsIT {

  private static final int MESSAGES = 300;

  @Parameter private Database database;
  @TempDir private Path folder;

  @Test
  void areSentInAHeapThatHoldsFew() throws Exception {
    try (ReceiverUnderTest receiver = ReceiverUnderTest.start("--delay", "20");
        Shell shell =
            new Shell(folder).on(database.fresh(folder)).with("-XX:TieredStopAtLevel=1 -Xmx256m")) {
      shell.configureSpace(receiver.url());
      Path file = folder.resolve("long.ndjson");
      try (BufferedWriter lines = Files.newBufferedWriter(file)) {
        for (int n = 0; n < MESSAGES; n++) {
          lines.write("{\"n\":" + n + ",\"text\":\"" + "x".repeat(1_000_000) + "\"}\n");
        }
      }
      shell.run("append", "--channel", "space", "--file", file.toString()).exited(0);

      shell.run("dispatch", "--channel", "space").exited(0);

      Totals totals = receiver.totals();
      assertThat(totals.distinct()).isEqualTo(MESSAGES);
      assertThat(totals.inversions()).isZero();
      assertThat(totals.duplicates()).isZero();
      assertThat(shell.statuses()).isEqualTo(Map.of("DELIVERED", MESSAGES));
    }
  }
}
