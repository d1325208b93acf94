package dev.stretto.transport.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stretto.rabbit.RabbitBroker;
import dev.stretto.transport.Driver;
import dev.stretto.transport.MapSettings;
import dev.stretto.transport.Outcome.Delivered;
import dev.stretto.transport.Transport;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Run by the Maven profile {@code rabbitmq} only. */
@Tag("rabbitmq")
class AmqpOrderTest {

  private static final int CALLS = 10_000;
  private static final int WINDOW = 64;

  @Test
  void messagesArriveInStartOrderAndOnce() throws Exception {
    RabbitBroker broker = RabbitBroker.shared();
    broker.createQueue("order");
    MapSettings settings = MapSettings.of("amqp", "url", broker.url(), "routing-key", "order");
    try (Transport transport = new AmqpTransportType().open("space", settings, WINDOW)) {
      Driver driver = new Driver(transport);
      assertThat(transport.capacity()).as("before there is a connection").isEqualTo(1);

      assertThat(driver.run(LongStream.rangeClosed(1, CALLS).mapToObj(Driver::call).toList()))
          .containsOnly(new Delivered());

      assertThat(driver.mostUnderWay()).isBetween(2, WINDOW);
      assertThat(driver.misuses()).isZero();
    }

    assertThat(broker.messages("order"))
        .extracting(one -> Long.parseLong(RabbitBroker.header(one, "stretto-position")))
        .isEqualTo(LongStream.rangeClosed(1, CALLS).boxed().toList());
  }
}
