package dev.stretto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.stretto.kafka.KafkaBroker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.util.FileSystemUtils;
import tools.jackson.databind.JsonNode;

/** Messages to Kafka, whose client has a folder of its own in the distribution. */
class KafkaIT {

  private static final int WINDOW = 64;
  private static final int MESSAGES = 20_000;
  private static final int KILLS = 3;

  @TempDir private Path folder;

  @Test
  void brokersThatCantBeReachedEndTheRunWith75AndTheMessageStays() throws Exception {
    try (Shell shell = shell(Shell.DISTRIBUTION, "127.0.0.1:9", "1s")) {
      shell.append(1, 1);

      Shell.Ran run = shell.run("dispatch", "--channel", "space").exited(75);

      assertThat(run.out() + run.err())
          .contains("no broker of 127.0.0.1:9 said within 1 s where the topic space is");
      assertThat(shell.statuses()).isEqualTo(Map.of("PENDING", 1));
    }
  }

  @Test
  @Tag("slow")
  void withoutTheClientsJarsADispatchEndsWith2() throws Exception {
    Path home = Shell.copyOfTheDistribution(folder.resolve("home"));
    FileSystemUtils.deleteRecursively(home.resolve("transports"));
    try (Shell shell = shell(home, "127.0.0.1:9", "1s")) {
      shell.append(1, 1);

      assertThat(shell.run("dispatch", "--channel", "space").exited(2).err())
          .contains(
              "stretto.channels.space.transport: kafka needs the jar kafka-clients, which is"
                  + " neither on the class path nor in "
                  + home.toRealPath().resolve("transports/kafka"));
    }
  }

  @Test
  @Tag("slow")
  void carriesOnAfterEveryKill() throws Exception {
    Path data = Files.createDirectory(folder.resolve("kafka"));
    try (KafkaBroker broker = KafkaBroker.start(data);
        Shell shell = shell(Shell.DISTRIBUTION, broker.address(), "20s")) {
      broker.createTopic("space", 3);
      shell.append(1, MESSAGES);
      for (int kill = 1; kill <= KILLS; kill++) {
        long until = broker.count("space") + 3000;
        Shell.Running run = shell.start("dispatch", "--channel", "space");
        await()
            .pollInterval(Duration.ofMillis(20))
            .until(() -> !run.alive() || broker.count("space") >= until);
        assertThat(run.alive()).as(run.output()).isTrue();
        run.kill();
      }

      JsonNode last = shell.run("dispatch", "--channel", "space", "--json").exited(0).json();

      assertThat(last.path("resent").asInt(-1)).isBetween(0, WINDOW);
      assertThat(shell.statuses()).isEqualTo(Map.of("DELIVERED", MESSAGES));
      assertThat(shell.executions())
          .extracting(Shell.Execution::status)
          .containsExactly("FAILED", "FAILED", "FAILED", "COMPLETED");
      assertThat(broker.records("space")).hasSize(1);
      List<ConsumerRecord<String, String>> records =
          broker.records("space").values().iterator().next();
      Set<String> distinct = new HashSet<>();
      records.forEach(one -> distinct.add(KafkaBroker.header(one, "stretto-message-id")));
      assertThat(distinct).hasSize(MESSAGES);
      assertThat(records.size() - MESSAGES).isBetween(0, WINDOW * KILLS);
      assertThat(
              records.stream()
                  .filter(one -> KafkaBroker.header(one, "stretto-attempt").equals("1"))
                  .map(one -> Long.parseLong(KafkaBroker.header(one, "stretto-position"))))
          .isSorted()
          .doesNotHaveDuplicates();
    }
  }

  private Shell shell(Path home, String servers, String patience) throws IOException {
    Shell shell = new Shell(folder, home);
    shell.configure(
        """
        spring.datasource.url: jdbc:h2:file:./data/stretto
        stretto:
          lease: 2s
          channels:
            space:
              transport: kafka
              window: %d
              unavailable.patience: %s
              kafka: { topic: space, bootstrap-servers: "%s", connect-timeout: %s }
        """
            .formatted(WINDOW, patience, servers, patience));
    return shell;
  }
}
