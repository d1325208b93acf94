package dev.stretto;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stretto.receiver.Receiver.Arrival;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A dispatch that is frozen until another has its channel, on a database that both reach. */
@Tag("slow")
class TakeoverIT {

  private static final int MESSAGES = 2000;
  private static final int WINDOW = 8;

  @TempDir private Path folder;

  @Test
  void aRunThatWakesUpTooLateStartsAndRecordsNothingMore() throws Exception {
    try (SharedDatabase database = new SharedDatabase(folder);
        ReceiverUnderTest receiver = ReceiverUnderTest.start("--delay", "50");
        Shell shell = new Shell(folder).takenOverSoon()) {
      shell.configureSpace(receiver.url(), "window: " + WINDOW);
      String url = database.option();
      shell.append(1, MESSAGES, url);
      Shell.Running frozen = shell.start("dispatch", "--channel", "space", url);
      receiver.awaitCount(200, frozen);

      // Frozen inside a transaction it would hold its lock until it wakes; that is another matter.
      frozen.signal("STOP");
      while (database.hasOpenTransaction()) {
        frozen.signal("CONT");
        frozen.signal("STOP");
      }
      Shell.Running second = shell.start("dispatch", "--channel", "space", url);
      receiver.awaitCount(receiver.totals().count() + 5L * WINDOW, second);
      frozen.signal("CONT");

      Shell.Ran late = frozen.await().exited(75);
      assertThat(late.out()).containsAnyOf("the lease", "another run has taken the channel over");
      receiver.answerAtOnce();
      second.await().exited(0);

      List<Arrival> arrivals = receiver.arrivals();
      assertThat(lateArrivals(arrivals))
          .as("the call that was between the look at the lease and the wire")
          .isLessThanOrEqualTo(1);
      assertThat(receiver.totals().distinct()).isEqualTo(MESSAGES);
      assertThat(receiver.totals().duplicates()).isLessThanOrEqualTo(WINDOW + 1);
      database.close();
      assertThat(shell.statuses()).isEqualTo(Map.of("DELIVERED", MESSAGES));
      assertThat(recordingRuns(shell)).isEqualTo(lastSendingRuns(arrivals));
    }
  }

  /** How many calls of the first run arrived after one of the second. */
  private static long lateArrivals(List<Arrival> arrivals) {
    return arrivals.stream()
        .dropWhile(arrival -> arrival.fence() == 1)
        .filter(arrival -> arrival.fence() == 1)
        .count();
  }

  /** By message id, the fence of the run that recorded it. */
  private static Map<String, Long> recordingRuns(Shell shell) throws Exception {
    Map<String, Long> fences = new HashMap<>();
    shell.query(
        "select message_id, fence from outbox_message",
        row -> fences.put(row.getString(1), row.getLong(2)));
    return fences;
  }

  private static Map<String, Long> lastSendingRuns(List<Arrival> arrivals) {
    Map<String, Long> fences = new HashMap<>();
    arrivals.forEach(arrival -> fences.merge(arrival.messageId(), arrival.fence(), Math::max));
    return fences;
  }
}
