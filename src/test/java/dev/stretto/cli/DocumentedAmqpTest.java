package dev.stretto.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.GetResponse;
import dev.stretto.cli.CommandLineRun.Result;
import dev.stretto.rabbit.RabbitBroker;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The document's channel that sends to RabbitMQ, as it stands there. Run by the Maven profile
 * {@code rabbitmq} only.
 */
@Tag("rabbitmq")
class DocumentedAmqpTest {

  private static final String DOCUMENTED_URL =
      "amqp://stretto:${RABBITMQ_PASSWORD}@rabbitmq:5672/%2F";

  @TempDir private Path folder;

  @Test
  void aMessageGoesToTheQueueOnceThereIsOne() throws Exception {
    RabbitBroker broker = RabbitBroker.shared();
    broker.control("add_user", "stretto", "s3cr3t-word");
    broker.control("set_permissions", "stretto", "", ".*", "");
    String example = DocumentedExample.yaml("transport: amqp");
    assertThat(example).contains(DOCUMENTED_URL);
    CommandLineRun stretto =
        new CommandLineRun(folder)
            .withYaml(
                example.replace(
                    DOCUMENTED_URL,
                    "amqp://stretto:s3cr3t-word@127.0.0.1:" + broker.port() + "/%2F"));
    stretto.run(
        CommandLineRun.lines("{\"messageId\":\"m1\",\"payload\":{\"n\": 1}}"),
        "append",
        "--envelope",
        "--channel",
        "invoices");

    Result refused = stretto.run("dispatch", "--channel", "invoices");

    assertThat(refused.code()).as(refused.err()).isEqualTo(1);
    assertThat(refused.out() + refused.err())
        .contains("no queue takes the message from the exchange '' (NO_ROUTE)")
        .doesNotContain("s3cr3t-word");

    broker.createQueue("invoices");
    Result dispatch = stretto.run("dispatch", "--channel", "invoices", "--json");

    assertThat(dispatch.code()).as(dispatch.err()).isZero();
    assertThat(dispatch.out()).contains("\"delivered\":1,\"parked\":0");
    List<GetResponse> messages = broker.messages("invoices");
    assertThat(messages).extracting(RabbitBroker::body).containsExactly("{\"n\": 1}");
    assertThat(messages.getFirst().getProps().getMessageId()).isEqualTo("m1");
  }
}
