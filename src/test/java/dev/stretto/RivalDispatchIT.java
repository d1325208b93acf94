package dev.stretto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.stretto.receiver.Receiver.Arrival;
import dev.stretto.receiver.Receiver.Totals;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two dispatches of one channel, each started anew whenever it ends, while one of them is killed at
 * random again and again. {@code -Dstretto.kills} says how often; the seed is printed.
 */
@Tag("slow")
class RivalDispatchIT {

  private static final int WINDOW = 8;
  private static final int KILLS = Integer.getInteger("stretto.kills", 5);
  private static final int ARRIVALS_A_KILL = 150;

  @TempDir private Path folder;

  @Test
  void nothingIsLostAndNoTwoOfThemSendAtTheSameTime() throws Exception {
    long seed = Long.getLong("stretto.seed", new Random().nextLong());
    System.out.println("RivalDispatchIT: -Dstretto.seed=" + seed);
    Random random = new Random(seed);
    int messages = (KILLS + 2) * ARRIVALS_A_KILL * 2;
    try (SharedDatabase database = new SharedDatabase(folder);
        ReceiverUnderTest receiver = ReceiverUnderTest.start("--delay", "100");
        Shell shell = new Shell(folder).takenOverSoon()) {
      shell.configureSpace(receiver.url(), "window: " + WINDOW);
      String url = database.option();
      shell.append(1, messages, url);
      Rivals rivals = new Rivals(shell, url);

      for (int kill = 1; kill <= KILLS; kill++) {
        long count = receiver.totals().count() + 1 + random.nextInt(ARRIVALS_A_KILL);
        await()
            .atMost(Duration.ofSeconds(90))
            .pollInterval(Duration.ofMillis(10))
            .until(() -> {
              rivals.startThoseThatEnded();
              return receiver.totals().count() >= count;
            });
        // Each once at first, so that whoever sends is among them whatever the seed.
        rivals.kill(kill <= 2 ? kill - 1 : random.nextInt(2));
      }
      receiver.answerAtOnce();
      await()
          .atMost(Duration.ofSeconds(90))
          .until(() -> {
            rivals.startThoseThatEnded();
            return receiver.totals().distinct() == messages;
          });
      rivals.awaitEnd();

      database.close();
      assertThat(shell.statuses()).as("seed %d", seed).isEqualTo(Map.of("DELIVERED", messages));
      Totals totals = receiver.totals();
      assertThat(totals.distinct()).isEqualTo(messages);
      assertThat(totals.duplicates()).isLessThanOrEqualTo((long) KILLS * WINDOW);
      List<Arrival> arrivals = receiver.arrivals();
      assertThat(arrivals)
          .extracting(Arrival::fence)
          .as("fences in arrival order, seed %d", seed)
          .isSorted();
      assertThat(arrivals.stream().map(Arrival::fence).distinct())
          .as("runs that sent, seed %d", seed)
          .hasSizeGreaterThan(1);
      assertThat(sentTwiceUnderOneFence(arrivals)).isEmpty();
    }
  }

  private static List<Arrival> sentTwiceUnderOneFence(List<Arrival> arrivals) {
    Set<List<Object>> seen = new HashSet<>();
    return arrivals.stream()
        .filter(arrival -> !seen.add(List.of(arrival.fence(), arrival.messageId())))
        .toList();
  }

  /** Two that want the channel. */
  private static final class Rivals {

    private final Shell shell;
    private final String url;
    private final List<Shell.Running> running = new ArrayList<>();

    Rivals(Shell shell, String url) throws Exception {
      this.shell = shell;
      this.url = url;
      running.add(start());
      running.add(start());
    }

    private Shell.Running start() throws Exception {
      return shell.start("dispatch", "--channel", "space", url);
    }

    void startThoseThatEnded() throws Exception {
      for (int i = 0; i < running.size(); i++) {
        if (!running.get(i).alive()) {
          running.set(i, start());
        }
      }
    }

    void kill(int which) {
      running.get(which).kill();
    }

    void awaitEnd() throws InterruptedException {
      for (Shell.Running rival : running) {
        assertThat(rival.await().exitCode()).as(rival.output()).isIn(0, 75);
      }
    }
  }
}
