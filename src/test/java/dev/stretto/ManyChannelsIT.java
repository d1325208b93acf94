package dev.stretto;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stretto.database.Database;
import dev.stretto.database.FreshDatabase;
import dev.stretto.database.OnEachDatabase;
import dev.stretto.receiver.Receiver.Arrival;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A hundred channels in one process, more than are worked on at once. */
@OnEachDatabase
@Tag("slow")
class ManyChannelsIT {

  private static final int CHANNELS = 100;
  private static final int AT_ONCE = 40;
  private static final int MESSAGES = 60;
  private static final int WINDOW = 8;
  private static final int KILLS = 2;

  /** Those of the JVM itself among them, and of the virtual threads. */
  private static final int MOST_THREADS = 40;

  /** Five for all channels, and one for the leases. */
  private static final int MOST_CONNECTIONS = 6;

  @Parameter private Database database;
  @TempDir private Path folder;

  @Test
  void eachKeepsItsOrderAndItsWindowOverKillsWithFewThreadsAndConnections() throws Exception {
    long seed = Long.getLong("stretto.seed", System.nanoTime());
    System.out.println("ManyChannelsIT: -Dstretto.seed=" + seed);
    Random random = new Random(seed);
    FreshDatabase fresh = database.migrated(folder);
    fill(fresh);
    try (ReceiverUnderTest receiver = ReceiverUnderTest.start("--delay", "20");
        Shell shell = new Shell(folder).on(fresh)) {
      configure(shell, fresh, receiver.url());

      for (int kill = 1; kill <= KILLS; kill++) {
        long until = receiver.totals().count() + 500 + random.nextInt(CHANNELS * MESSAGES / 4);
        Shell.Running run = shell.start("dispatch", "--channel", "space*");
        receiver.awaitCount(until, run);
        assertThat(threads(run)).isLessThanOrEqualTo(MOST_THREADS);
        assertThat(connections(fresh)).isLessThanOrEqualTo(MOST_CONNECTIONS);
        run.kill();
      }
      Shell.Ran last = shell.run("dispatch", "--json").exited(0);

      List<JsonNode> ends = last.out().lines().map(JsonMapper.shared()::readTree).toList();
      assertThat(ends).hasSize(CHANNELS);
      assertThat(ends).allMatch(end -> end.path("remaining").asInt(-1) == 0);
      assertThat(shell.statuses()).isEqualTo(Map.of("DELIVERED", CHANNELS * MESSAGES));
      Map<String, List<Arrival>> channels =
          receiver.arrivals().stream()
              .collect(Collectors.groupingBy(arrival -> arrival.messageId().split("/")[0]));
      assertThat(channels).hasSize(CHANNELS);
      channels.values().forEach(ManyChannelsIT::inOrderAndAtMostAWindowAgain);
    }
  }

  private static void inOrderAndAtMostAWindowAgain(List<Arrival> arrivals) {
    assertThat(arrivals).extracting(Arrival::fence).isSorted();
    Map<Long, List<Arrival>> runs =
        arrivals.stream().collect(Collectors.groupingBy(Arrival::fence));
    for (List<Arrival> run : runs.values()) {
      assertThat(run).extracting(Arrival::position).isSorted().doesNotHaveDuplicates();
      assertThat(run).filteredOn(arrival -> arrival.attempt() > 1).hasSizeLessThanOrEqualTo(WINDOW);
    }
    Map<String, Long> times =
        arrivals.stream().collect(Collectors.groupingBy(Arrival::messageId, Collectors.counting()));
    assertThat(times).hasSize(MESSAGES);
    assertThat(arrivals.size() - MESSAGES).isLessThanOrEqualTo(WINDOW * KILLS);
  }

  @Test
  void theTimeIsThatOfAllAndWhoeverHadNoTurnIsTold() throws Exception {
    FreshDatabase fresh = database.migrated(folder);
    fill(fresh);
    try (ReceiverUnderTest receiver = ReceiverUnderTest.start("--delay", "1000");
        Shell shell = new Shell(folder).on(fresh)) {
      configure(shell, fresh, receiver.url());

      Shell.Ran ran = shell.run("dispatch", "--for", "1s", "--json").exited(0);

      Map<String, JsonNode> ends =
          ran.out()
              .lines()
              .map(JsonMapper.shared()::readTree)
              .collect(
                  Collectors.toMap(end -> end.path("channel").asString(), Function.identity()));
      assertThat(ends).hasSize(CHANNELS);
      List<JsonNode> unbegun =
          ends.values().stream().filter(end -> end.path("run").isNull()).toList();
      assertThat(unbegun)
          .hasSize(CHANNELS - AT_ONCE)
          .allSatisfy(end -> {
            assertThat(end.path("status").asString()).isEqualTo("STOPPED");
            assertThat(end.path("reason").asString()).isEqualTo("the time is up");
            assertThat(end.path("remaining").asInt()).isEqualTo(MESSAGES);
          });
      assertThat(shell.executions()).hasSize(AT_ONCE);
    }
  }

  /** Takes turns, as producers that share a table do. */
  private static void fill(FreshDatabase fresh) throws Exception {
    try (Connection connection = fresh.connect();
        PreparedStatement insert =
            connection.prepareStatement(
                "insert into outbox_message (channel, message_id, payload) values (?, ?, '{}')")) {
      for (int number = 0; number < MESSAGES; number++) {
        for (int channel = 0; channel < CHANNELS; channel++) {
          insert.setString(1, "space" + channel);
          insert.setString(2, "space" + channel + "/" + number);
          insert.addBatch();
        }
      }
      insert.executeBatch();
    }
  }

  private static void configure(Shell shell, FreshDatabase fresh, String url) throws Exception {
    String channels =
        IntStream.range(0, CHANNELS)
            .mapToObj(number ->
                """
                    space%d: { transport: http, window: %d, http: { url: "%s", version: 2 } }
                """
                    .formatted(number, WINDOW, url))
            .collect(Collectors.joining());
    shell.configure(
        """
        spring.datasource: { url: "%s", username: %s, password: "%s" }
        stretto:
          lease: 2s
          max-channels: %d
          channels:
        """
                .formatted(fresh.url(), fresh.user(), fresh.password(), AT_ONCE)
            + channels);
  }

  private static long threads(Shell.Running run) throws Exception {
    return Files.readAllLines(Path.of("/proc/" + run.pid() + "/status")).stream()
        .filter(line -> line.startsWith("Threads:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
        .sum();
  }

  /** Of the run, of those that the server has beside the one that asks; none on H2. */
  private long connections(FreshDatabase fresh) throws Exception {
    String sql =
        switch (database) {
          case H2 -> null;
          case POSTGRESQL ->
              "select count(*) from pg_stat_activity where datname = current_database()"
                  + " and pid <> pg_backend_pid() and backend_type = 'client backend'";
          case MARIADB ->
              "select count(*) from information_schema.processlist where db = database()"
                  + " and id <> connection_id()";
        };
    if (sql == null) {
      return 0;
    }
    try (Connection connection = fresh.connect();
        var statement = connection.createStatement();
        var row = statement.executeQuery(sql)) {
      row.next();
      return row.getLong(1);
    }
  }
}
