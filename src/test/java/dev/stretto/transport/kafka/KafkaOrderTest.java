package dev.stretto.transport.kafka;

import static dev.stretto.transport.kafka.Topics.WINDOW;
import static org.assertj.core.api.Assertions.assertThat;

import dev.stretto.kafka.KafkaBroker;
import dev.stretto.message.Message;
import dev.stretto.transport.Call;
import dev.stretto.transport.Driver;
import dev.stretto.transport.Outcome;
import dev.stretto.transport.Outcome.Delivered;
import dev.stretto.transport.Transport;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KafkaOrderTest {

  private static final int CALLS = 10_000;
  private static final int KEYS = 7;

  @TempDir private Path folder;

  @Test
  void withoutKeysAllRecordsAreInOnePartitionInStartOrder() throws Exception {
    KafkaBroker broker = KafkaBroker.shared();
    broker.createTopic("order", 3);
    try (Transport transport = Topics.open(broker, "order")) {
      Driver driver = new Driver(transport);

      assertThat(driver.run(calls())).containsOnly(new Delivered());

      assertThat(driver.mostUnderWay()).isBetween(2, WINDOW);
      assertThat(driver.misuses()).isZero();
    }
    assertAllInOrder(broker.records("order"));
  }

  @Test
  void recordsOfAKeyAreInOnePartitionInStartOrder() throws Exception {
    KafkaBroker broker = KafkaBroker.shared();
    broker.createTopic("keys", 3);
    try (Transport transport = Topics.open(broker, "keys")) {
      assertThat(
              new Driver(transport)
                  .run(
                      LongStream.rangeClosed(1, 1000)
                          .mapToObj(position -> call(position, "key-" + position % KEYS))
                          .toList()))
          .containsOnly(new Delivered());
    }

    Map<Integer, List<ConsumerRecord<String, String>>> records = broker.records("keys");
    assertThat(records).hasSizeGreaterThan(1);
    assertThat(records.values().stream().flatMap(List::stream)).hasSize(1000);
    assertThat(
            records.values().stream()
                .flatMap(partition -> partition.stream().map(ConsumerRecord::key).distinct()))
        .as("each key in one partition")
        .hasSize(KEYS)
        .doesNotHaveDuplicates();
    assertThat(records.values())
        .allSatisfy(partition ->
            assertThat(partition)
                .extracting(KafkaOrderTest::position)
                .isSorted()
                .doesNotHaveDuplicates());
  }

  /** The broker dies in the middle, and comes back within the timeouts of a call. */
  @Test
  @Tag("slow")
  void recordsArriveInStartOrderAndOnceWhereTheBrokerIsKilled() throws Exception {
    try (KafkaBroker broker = KafkaBroker.start(folder)) {
      broker.createTopic("order", 3);
      try (Transport transport =
          Topics.open(broker, "order", "timeout", "60s", "connect-timeout", "60s")) {
        Driver driver = new Driver(transport);
        List<CompletableFuture<Outcome>> outcomes = new ArrayList<>();
        for (Call call : calls()) {
          outcomes.add(driver.start(call));
          if (call.message().position() == CALLS / 2) {
            broker.kill();
            var _ = CompletableFuture.runAsync(broker::startAgain);
          }
        }
        assertThat(outcomes.stream().map(Driver::get)).containsOnly(new Delivered());
        assertThat(driver.misuses()).isZero();
      }
      assertAllInOrder(broker.records("order"));
    }
  }

  private static void assertAllInOrder(Map<Integer, List<ConsumerRecord<String, String>>> records) {
    assertThat(records).hasSize(1);
    assertThat(records.values().stream().flatMap(List::stream).collect(Collectors.toList()))
        .extracting(KafkaOrderTest::position)
        .isEqualTo(LongStream.rangeClosed(1, CALLS).boxed().toList());
  }

  private static long position(ConsumerRecord<String, String> one) {
    return Long.parseLong(KafkaBroker.header(one, "stretto-position"));
  }

  private static List<Call> calls() {
    return LongStream.rangeClosed(1, CALLS).mapToObj(position -> call(position, null)).toList();
  }

  private static Call call(long position, @Nullable String key) {
    Message message =
        new Message(
            position,
            "space",
            position,
            "id-" + position,
            key,
            "application/json",
            Map.of(),
            "{\"n\":" + position + "}",
            0);
    return new Call(message, 1, 42);
  }
}
