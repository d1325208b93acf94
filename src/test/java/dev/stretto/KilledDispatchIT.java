package dev.stretto;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stretto.database.Database;
import dev.stretto.database.OnEachDatabase;
import dev.stretto.receiver.Receiver.Arrival;
import dev.stretto.receiver.Receiver.Totals;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import tools.jackson.databind.JsonNode;

/** Dispatches that are killed in the middle. */
@OnEachDatabase
class KilledDispatchIT {

  private static final int WINDOW = 64;
  @Parameter private Database database;
  @TempDir private Path folder;

  @Test
  void carriesOnAfterAKillAndSendsAtMostAWindowAgain() throws Exception {
    carriesOn(1, 4_000);
  }

  /** Fewer messages where the guarantee is the same and only the database is another. */
  @Test
  @Tag("slow")
  void carriesOnAfterEveryKillAndSendsAtMostAWindowAgain() throws Exception {
    carriesOn(3, database == Database.H2 ? 20_000 : 8_000);
  }

  private void carriesOn(int kills, int messages) throws Exception {
    long seed = Long.getLong("stretto.seed", System.nanoTime());
    System.out.println("KilledDispatchIT: -Dstretto.seed=" + seed);
    Random random = new Random(seed);
    try (ReceiverUnderTest receiver = ReceiverUnderTest.start("--delay", "tail");
        Shell shell = new Shell(folder).takenOverSoon().on(database.fresh(folder))) {
      shell.configureSpace(receiver.url(), "window: " + WINDOW);
      shell.append(1, messages);

      for (int kill = 1; kill <= kills; kill++) {
        long until = receiver.totals().count() + 500 + random.nextInt(messages / 8);
        Shell.Running run = shell.start("dispatch", "--channel", "space");
        receiver.awaitCount(until, run);
        run.kill();
      }
      JsonNode last = shell.run("dispatch", "--channel", "space", "--json").exited(0).json();

      assertThat(last.path("resent").asInt(-1)).isBetween(0, WINDOW);
      assertThat(last.path("remaining").asInt(-1)).isZero();
      Totals totals = receiver.totals();
      assertThat(totals.distinct()).isEqualTo(messages);
      assertThat(totals.duplicates()).isBetween(1L, (long) WINDOW * kills);
      assertThat(totals.maxInFlight())
          .isLessThanOrEqualTo(2 * WINDOW); // the dead one's and its own
      List<Arrival> arrivals = receiver.arrivals();
      everyRunSentInOrder(arrivals, kills + 1);
      everyMessageCameWithRisingAttempts(arrivals, kills + 1);
      assertThat(shell.statuses()).isEqualTo(Map.of("DELIVERED", messages));
      List<Shell.Execution> executions = shell.executions();
      assertThat(executions)
          .extracting(Shell.Execution::status)
          .hasSize(kills + 1)
          .endsWith("COMPLETED")
          .filteredOn(status -> status.equals("FAILED"))
          .hasSize(kills);
      assertThat(executions).extracting(Shell.Execution::instance).containsOnly(1L);
      System.out.println(
          "KilledDispatchIT: " + totals.duplicates() + " sent again after " + kills + " kills");
    }
  }

  /**
   * What a run sends again has lower positions than what it sends first: one order holds for all.
   */
  private static void everyRunSentInOrder(List<Arrival> arrivals, int all) {
    assertThat(arrivals).extracting(Arrival::fence).isSorted();
    Map<Long, List<Arrival>> runs =
        arrivals.stream().collect(Collectors.groupingBy(Arrival::fence));
    assertThat(runs).hasSize(all);
    for (List<Arrival> run : runs.values()) {
      assertThat(run).extracting(Arrival::position).isSorted().doesNotHaveDuplicates();
      long again = run.stream().filter(arrival -> arrival.attempt() > 1).count();
      assertThat(again).isLessThanOrEqualTo(WINDOW);
    }
  }

  private static void everyMessageCameWithRisingAttempts(List<Arrival> arrivals, int most) {
    Map<String, List<Arrival>> messages = new HashMap<>();
    for (Arrival arrival : arrivals) {
      messages.computeIfAbsent(arrival.messageId(), id -> new ArrayList<>()).add(arrival);
    }
    for (List<Arrival> message : messages.values()) {
      assertThat(message).hasSizeLessThanOrEqualTo(most);
      assertThat(message).extracting(Arrival::position).containsOnly(message.getFirst().position());
      assertThat(message).extracting(Arrival::attempt).isSorted().doesNotHaveDuplicates();
    }
  }
}
