package dev.stretto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.GetResponse;
import dev.stretto.rabbit.RabbitBroker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * Messages to RabbitMQ, whose client has a folder of its own in the distribution. Run by the Maven
 * profile {@code rabbitmq} only.
 */
@Tag("rabbitmq")
class AmqpIT {

  private static final int WINDOW = 64;
  private static final int MESSAGES = 20_000;
  private static final int KILLS = 3;

  @TempDir private Path folder;
  private RabbitBroker broker;

  @BeforeEach
  void startBroker() throws Exception {
    broker = RabbitBroker.start(Files.createDirectory(folder.resolve("rabbitmq")));
    broker.createQueue("space");
  }

  @AfterEach
  void endBroker() {
    broker.close();
  }

  @Test
  void carriesOnAfterEveryKill() throws Exception {
    try (Shell shell = shell()) {
      shell.append(1, MESSAGES);
      for (int kill = 1; kill <= KILLS; kill++) {
        long until = broker.count("space") + 3000;
        Shell.Running run = shell.start("dispatch", "--channel", "space");
        awaitCount(until, run);
        run.kill();
      }

      JsonNode last = shell.run("dispatch", "--channel", "space", "--json").exited(0).json();

      assertThat(last.path("resent").asInt(-1)).isBetween(0, WINDOW);
      assertThat(shell.executions())
          .extracting(Shell.Execution::status)
          .containsExactly("FAILED", "FAILED", "FAILED", "COMPLETED");
      assertThat(
              allArrived(shell).stream()
                  .filter(one -> RabbitBroker.header(one, "stretto-attempt").equals("1"))
                  .map(AmqpIT::position))
          .isSorted()
          .doesNotHaveDuplicates();
    }
  }

  @Test
  void aBrokerThatIsKilledIsWaitedForAndNothingIsLost() throws Exception {
    try (Shell shell = shell()) {
      shell.append(1, MESSAGES);
      Shell.Running run = shell.start("dispatch", "--channel", "space", "--json");
      for (int kill = 1; kill <= KILLS; kill++) {
        awaitCount(broker.count("space") + 3000, run);
        broker.kill();
        broker.startAgain();
      }

      JsonNode result = run.await().exited(0).json();

      assertThat(result.path("delivered").asInt()).isEqualTo(MESSAGES);
      assertThat(result.path("parked").asInt(-1)).isZero();
      shell.run("verify", "--channel", "space").exited(0);
      // What was on its way when the broker died may be sent after what started meanwhile.
      assertThat(late(allArrived(shell))).isLessThanOrEqualTo(WINDOW * KILLS);
    }
  }

  /** All that is in the queue, of which every message is at least once. */
  private List<GetResponse> allArrived(Shell shell) throws Exception {
    assertThat(shell.statuses()).isEqualTo(Map.of("DELIVERED", MESSAGES));
    List<GetResponse> all = broker.messages("space");
    Set<String> distinct = new HashSet<>();
    all.forEach(one -> distinct.add(one.getProps().getMessageId()));
    assertThat(distinct).hasSize(MESSAGES);
    assertThat(all.size() - MESSAGES).isBetween(0, WINDOW * KILLS);
    return all;
  }

  private static long position(GetResponse message) {
    return Long.parseLong(RabbitBroker.header(message, "stretto-position"));
  }

  /** How many messages first arrived behind one of a later position. */
  private static long late(List<GetResponse> all) {
    Set<Long> arrived = new HashSet<>();
    long last = 0;
    long late = 0;
    for (GetResponse one : all) {
      if (arrived.add(position(one))) {
        late += position(one) < last ? 1 : 0;
        last = Math.max(last, position(one));
      }
    }
    return late;
  }

  private void awaitCount(long count, Shell.Running run) {
    await()
        .pollInterval(Duration.ofMillis(20))
        .until(() -> !run.alive() || broker.count("space") >= count);
    assertThat(run.alive()).as(run.output()).isTrue();
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
              transport: amqp
              window: %d
              unavailable.patience: 90s
              amqp: { url: "%s", connect-timeout: 1s }
        """
            .formatted(WINDOW, broker.url()));
    return shell;
  }
}
