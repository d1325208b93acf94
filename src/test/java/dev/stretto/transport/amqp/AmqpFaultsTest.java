package dev.stretto.transport.amqp;

import static dev.stretto.transport.Outcome.Fault.UNAVAILABLE;
import static dev.stretto.transport.Outcome.Fault.UNKNOWN;
import static dev.stretto.transport.Outcome.Refused.MESSAGE;
import static dev.stretto.transport.Outcome.Refused.SENDER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.GetResponse;
import dev.stretto.message.Message;
import dev.stretto.rabbit.RabbitBroker;
import dev.stretto.transport.Call;
import dev.stretto.transport.Driver;
import dev.stretto.transport.MapSettings;
import dev.stretto.transport.Outcome;
import dev.stretto.transport.Outcome.Delivered;
import dev.stretto.transport.Outcome.Rejected;
import dev.stretto.transport.Outcome.RetryLater;
import dev.stretto.transport.Transport;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Run by the Maven profile {@code rabbitmq} only. */
@Tag("rabbitmq")
class AmqpFaultsTest {

  private static final int WINDOW = 16;

  private RabbitBroker broker;

  @BeforeEach
  void startBroker() throws Exception {
    broker = RabbitBroker.shared();
  }

  @Test
  void aMessageHasThePayloadsBytesIsPersistentAndSaysWhatItIs() throws Exception {
    broker.createQueue("k\u00e9y");
    Message message = Driver.manyLetters();
    try (Transport transport = open()) {
      assertThat(Driver.outcomeOf(transport, new Call(message, 2, 42))).isEqualTo(new Delivered());
    }

    GetResponse taken = broker.messages("k\u00e9y").getFirst();
    BasicProperties properties = taken.getProps();
    assertThat(RabbitBroker.body(taken)).isEqualTo(message.payload());
    assertThat(properties.getMessageId()).isEqualTo("order-7");
    assertThat(properties.getContentType()).isEqualTo("text/plain");
    assertThat(properties.getDeliveryMode()).as("persistent").isEqualTo(2);
    assertThat(properties.getHeaders().keySet())
        .containsExactlyInAnyOrder(
            "stretto-message-id",
            "stretto-channel",
            "stretto-position",
            "stretto-attempt",
            "stretto-fence",
            "X-Own");
    assertThat(RabbitBroker.header(taken, "stretto-attempt")).isEqualTo("2");
    assertThat(RabbitBroker.header(taken, "X-Own")).isEqualTo("\u00fc");
  }

  /** Whoever gave the routing key is to blame. */
  @Test
  void aMessageForWhichThereIsNoQueueIsRefusedAndTheOthersAreDelivered() throws Exception {
    broker.createQueue("known");
    String reason = "no queue takes the message from the exchange '' (NO_ROUTE)";
    try (Transport transport = open()) {
      assertThat(
              new Driver(transport)
                  .run(List.of(call(1, "known"), call(2, "unknown"), call(3, "known"))))
          .containsExactly(new Delivered(), new Rejected(MESSAGE, reason), new Delivered());
    }
    try (Transport transport = open("routing-key", "unknown")) {
      assertThat(Driver.outcomeOf(transport, call(4, "known")))
          .isEqualTo(new Rejected(SENDER, reason));
    }
  }

  @Test
  void whatIsNotThereOrNotAllowedRefusesTheSender() {
    assertRefused(
        open("exchange", "none"), "there is no exchange 'none'; make it, or check amqp.exchange");
    assertRefused(
        open("url", broker.url().replace("guest:guest", "guest:hunter2")), "ACCESS_REFUSED");
    assertRefused(open("url", broker.url().replace("%2F", "nowhere")), "vhost");
  }

  private static void assertRefused(Transport refusing, String reason) {
    try (refusing) {
      assertThat(Driver.outcomeOf(refusing, Driver.call(1)))
          .isInstanceOfSatisfying(
              Rejected.class,
              rejected -> {
                assertThat(rejected.refused()).isEqualTo(SENDER);
                assertThat(rejected.reason()).contains(reason).doesNotContain("hunter2");
              });
    }
  }

  @Test
  void anExchangeThatGoesAwayEndsTheChannelAndTheSenderIsRefused() throws Exception {
    broker.createExchange("leaving", "k", "left");
    try (Transport transport = open("exchange", "leaving", "routing-key", "k")) {
      Driver driver = new Driver(transport);
      assertThat(driver.run(List.of(Driver.call(1)))).containsOnly(new Delivered());
      broker.deleteExchange("leaving");

      assertThat(driver.run(List.of(Driver.call(2), Driver.call(3))))
          .as("nobody can tell which of several it was about")
          .allMatch(outcome -> outcome instanceof Rejected || outcome instanceof RetryLater);
      assertThat(driver.run(List.of(Driver.call(4))))
          .containsExactly(
              new Rejected(
                  SENDER, "there is no exchange 'leaving'; make it, or check amqp.exchange"));
      assertThat(driver.misuses()).isZero();
    }
  }

  @Test
  void anAlarmOfTheBrokersClosesTheGateUntilItIsOver() throws Exception {
    broker.createQueue("alarm");
    try (Transport transport = open("routing-key", "alarm", "timeout", "3s")) {
      Driver driver = new Driver(transport);
      assertThat(driver.run(List.of(Driver.call(1)))).containsOnly(new Delivered());
      broker.control("set_vm_memory_high_watermark", "0.000001");
      try {
        await()
            .until(() ->
                driver.run(List.of(Driver.call(2))).getFirst()
                        instanceof RetryLater(Outcome.Fault fault, String reason, _)
                    && fault == UNAVAILABLE
                    && reason.startsWith("the broker takes nothing now: low on memory"));
      } finally {
        broker.control("set_vm_memory_high_watermark", "0.4");
      }
      await().until(() -> driver.run(List.of(Driver.call(3))).getFirst() instanceof Delivered);
    }
  }

  /** Also where the write waits, for it is more than the network holds. */
  @Test
  void aBrokerThatStandsStillLeavesOpenWhatWasWrittenAndAllGoesOnInOrder() throws Exception {
    broker.createQueue("frozen");
    try (Transport transport =
        open("routing-key", "frozen", "timeout", "4s", "connect-timeout", "4s")) {
      Driver driver = new Driver(transport);
      assertThat(driver.run(List.of(Driver.call(1)))).containsOnly(new Delivered());
      broker.signal("STOP");
      try {
        List<CompletableFuture<Outcome>> sent =
            LongStream.rangeClosed(2, 9)
                .mapToObj(position -> driver.start(Driver.call(position)))
                .toList();
        assertThat(sent.stream().map(Driver::get))
            .containsOnly(new RetryLater(UNKNOWN, "no confirm within 4 s", null));
        assertThat(transport.capacity()).isEqualTo(1);
        assertThat(driver.run(List.of(Driver.call(10))))
            .singleElement()
            .extracting(outcome -> ((RetryLater) outcome).fault())
            .isEqualTo(UNAVAILABLE);
      } finally {
        broker.signal("CONT");
      }
      assertThat(driver.run(LongStream.rangeClosed(10, 30).mapToObj(Driver::call).toList()))
          .containsOnly(new Delivered());
      assertThat(transport.capacity()).isEqualTo(WINDOW);
      assertThat(driver.misuses()).isZero();
    }
    assertThat(broker.messages("frozen"))
        .extracting(one -> Long.parseLong(RabbitBroker.header(one, "stretto-position")))
        .isSorted()
        .containsAll(LongStream.rangeClosed(10, 30).boxed().toList());
  }

  @Test
  void aWriteThatNobodyReadsEndsTheConnectionOnceItsTimeIsOver() throws Exception {
    broker.createQueue("long");
    try (Transport transport =
        open("routing-key", "long", "timeout", "4s", "connect-timeout", "4s")) {
      Driver driver = new Driver(transport);
      assertThat(driver.run(List.of(Driver.call(1)))).containsOnly(new Delivered());
      broker.signal("STOP");
      try {
        Call longer = new Call(Driver.message(2, "x".repeat(32 * 1024 * 1024), Map.of()), 1, 42);
        assertThat(driver.run(List.of(longer)))
            .containsExactly(new RetryLater(UNKNOWN, "no confirm within 4 s", null));
      } finally {
        broker.signal("CONT");
      }
      assertThat(driver.run(List.of(Driver.call(3)))).containsOnly(new Delivered());
    }
  }

  private static Call call(long position, String key) {
    return new Call(
        new Message(
            position,
            "space",
            position,
            "id-" + position,
            key,
            "application/json",
            Map.of(),
            "1",
            0),
        1,
        42);
  }

  private Transport open(String... settings) {
    MapSettings all = MapSettings.of("amqp", "url", broker.url());
    for (int i = 0; i < settings.length; i += 2) {
      all.put(settings[i], settings[i + 1]);
    }
    return new AmqpTransportType().open("space", all, WINDOW);
  }
}
