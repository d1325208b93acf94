package dev.stretto.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stretto.cli.CommandLineRun.Result;
import dev.stretto.kafka.KafkaBroker;
import java.nio.file.Path;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The document's channel that sends to Kafka, as it stands there. */
@Tag("slow")
class DocumentedKafkaTest {

  private static final String DOCUMENTED_BROKERS = "kafka1:9092,kafka2:9092";

  @TempDir private Path folder;
  private KafkaBroker broker;
  private CommandLineRun stretto;

  @BeforeEach
  void setUp() throws Exception {
    broker = KafkaBroker.shared();
    String example = DocumentedExample.yaml("transport: kafka");
    assertThat(example).contains(DOCUMENTED_BROKERS);
    stretto =
        new CommandLineRun(folder)
            .withYaml(example.replace(DOCUMENTED_BROKERS, broker.address()))
            .with("--stretto.channels.orders.kafka.connect-timeout=1s");
    stretto.run(
        CommandLineRun.lines("{\"messageId\":\"m1\",\"payload\":{\"n\": 1}}"),
        "append",
        "--envelope",
        "--channel",
        "orders");
  }

  @Test
  void aMessageBecomesARecordOnceThereIsATopicForIt() throws Exception {
    Result refused = stretto.run("dispatch", "--channel", "orders");

    assertThat(refused.code()).as(refused.err()).isEqualTo(1);
    assertThat(refused.out() + refused.err())
        .contains("there is no topic orders; make it, or check kafka.topic");

    broker.createTopic("orders", 1);
    Result dispatch = stretto.run("dispatch", "--channel", "orders", "--json");

    assertThat(dispatch.code()).as(dispatch.err()).isZero();
    assertThat(dispatch.out()).contains("\"delivered\":1,\"parked\":0");
    assertThat(broker.records("orders").get(0))
        .singleElement()
        .satisfies(one -> {
          assertThat(one).extracting(ConsumerRecord::value).isEqualTo("{\"n\": 1}");
          assertThat(KafkaBroker.header(one, "stretto-message-id")).isEqualTo("m1");
        });
  }
}
