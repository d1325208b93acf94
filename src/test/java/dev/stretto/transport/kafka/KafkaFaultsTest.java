package dev.stretto.transport.kafka;

import static dev.stretto.transport.Outcome.Fault.FAILED;
import static dev.stretto.transport.Outcome.Fault.UNAVAILABLE;
import static dev.stretto.transport.Outcome.Fault.UNKNOWN;
import static dev.stretto.transport.Outcome.Refused.MESSAGE;
import static dev.stretto.transport.Outcome.Refused.SENDER;
import static dev.stretto.transport.Outcome.Refused.UNSENDABLE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.stretto.kafka.KafkaBroker;
import dev.stretto.message.Message;
import dev.stretto.transport.Call;
import dev.stretto.transport.Driver;
import dev.stretto.transport.MapSettings;
import dev.stretto.transport.Outcome;
import dev.stretto.transport.Outcome.Delivered;
import dev.stretto.transport.Outcome.Rejected;
import dev.stretto.transport.Outcome.RetryLater;
import dev.stretto.transport.Transport;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.apache.kafka.common.errors.NetworkException;
import org.apache.kafka.common.errors.NotEnoughReplicasException;
import org.apache.kafka.common.errors.OutOfOrderSequenceException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.SecurityDisabledException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class KafkaFaultsTest {

  @Test
  void aRecordHasThePayloadsBytesTheKeyAndTheHeaders() throws Exception {
    KafkaBroker broker = KafkaBroker.shared();
    broker.createTopic("bytes", 1);
    Message message = Driver.manyLetters();
    try (Transport transport = Topics.open(broker, "bytes")) {
      assertThat(Driver.outcomeOf(transport, new Call(message, 2, 42))).isEqualTo(new Delivered());
      assertThat(Driver.outcomeOf(transport, Driver.call(8))).isEqualTo(new Delivered());
    }

    List<ConsumerRecord<String, String>> records =
        Objects.requireNonNull(broker.records("bytes").get(0));
    ConsumerRecord<String, String> first = records.getFirst();
    assertThat(first.value()).isEqualTo(message.payload());
    assertThat(first.key()).isEqualTo("k\u00e9y");
    assertThat(
            Stream.of(first.headers().toArray())
                .map(header -> header.key() + "=" + KafkaBroker.header(first, header.key())))
        .containsExactly(
            "content-type=text/plain",
            "stretto-message-id=order-7",
            "stretto-channel=space",
            "stretto-position=7",
            "stretto-attempt=2",
            "stretto-fence=42",
            "X-Own=\u00fc");
    assertThat(records.getLast().key()).as("without an ordering key").isEqualTo("space");
  }

  @Test
  void aMessageThatWouldSayWhatStrettoSaysIsNotSent() throws Exception {
    try (Transport transport = Topics.open(KafkaBroker.shared(), "none")) {
      assertThat(outcome(transport, Map.of("Stretto-Fence", "1")))
          .isEqualTo(
              new Rejected(
                  UNSENDABLE, "header 'Stretto-Fence' is set by Stretto; choose another name"));
      assertThat(outcome(transport, Map.of("Content-Type", "a/b")))
          .isEqualTo(
              new Rejected(
                  UNSENDABLE,
                  "header 'Content-Type' is set from the message's content type; give it there"));
    }
  }

  private static Outcome outcome(Transport transport, Map<String, String> headers) {
    return Driver.outcomeOf(transport, new Call(Driver.message(1, "1", headers), 1, 42));
  }

  @Test
  void aRecordThatIsTooLongIsRefusedAndTheOthersAreDelivered() throws Exception {
    KafkaBroker broker = KafkaBroker.shared();
    broker.createTopic("short", 1, 20_000);
    try (Transport transport =
        Topics.open(broker, "short", "properties.max.request.size", "100000")) {
      List<Outcome> outcomes =
          new Driver(transport)
              .run(List.of(Driver.call(1), longer(2, 50_000), longer(3, 200_000), Driver.call(4)));

      assertThat(outcomes.getFirst()).isEqualTo(new Delivered());
      assertThat(outcomes.subList(1, 3))
          .allSatisfy(outcome -> {
            assertThat(outcome).isInstanceOf(Rejected.class);
            assertThat(((Rejected) outcome).refused()).isEqualTo(MESSAGE);
            assertThat(((Rejected) outcome).reason()).startsWith("RecordTooLargeException: ");
          });
      assertThat(outcomes.getLast()).isEqualTo(new Delivered());
      assertThat(transport.capacity()).as("the broker is in no doubt").isEqualTo(Topics.WINDOW);
    }
  }

  private static Call longer(long position, int length) {
    return new Call(Driver.message(position, "x".repeat(length), Map.of()), 1, 42);
  }

  @Test
  void aTopicThatIsNotThereRefusesTheSenderAndIsAskedForOnce() throws Exception {
    Rejected none =
        new Rejected(SENDER, "there is no topic missing; make it, or check kafka.topic");
    try (Transport transport =
        Topics.open(KafkaBroker.shared(), "missing", "connect-timeout", "2s")) {
      assertThat(new Driver(transport).run(LongStream.range(1, 9).mapToObj(Driver::call).toList()))
          .containsOnly(none);
    }
  }

  @ParameterizedTest
  @MethodSource("unreachable")
  void brokersThatCantBeReachedCloseTheGateAndNothingCountsAsSent(String servers, String reason) {
    MapSettings settings =
        MapSettings.of("kafka", "topic", "space", "bootstrap-servers", servers)
            .put("connect-timeout", "300ms");
    try (Transport transport = Topics.open(settings)) {
      assertThat(Driver.outcomeOf(transport, Driver.call(1)))
          .isEqualTo(new RetryLater(UNAVAILABLE, reason, null));
    }
  }

  static List<Arguments> unreachable() {
    return List.of(
        Arguments.of(
            "127.0.0.1:9", "no broker of 127.0.0.1:9 said within 300 ms where the topic space is"),
        Arguments.of("no-such-host.invalid:9092", "host not found: no-such-host.invalid:9092"));
  }

  /** Or the dispatching thread would wait for it for ever. */
  @Test
  void aCallThatWaitsForABrokerIsOverWhenTheTransportIsClosed() {
    CompletableFuture<Outcome> outcome = new CompletableFuture<>();
    try (Transport transport =
        Topics.open(
            MapSettings.of("kafka", "topic", "space", "bootstrap-servers", "127.0.0.1:9"),
            "connect-timeout",
            "10m")) {
      transport.start(Driver.call(1), Driver.finishing(outcome));
    }

    assertThat(Driver.get(outcome)).isInstanceOf(RetryLater.class);
  }

  /**
   * What was handed over may have arrived; what comes later is not sent at all, for a producer is
   * made anew that finds no broker; and then all goes on, in order.
   */
  @Test
  @Tag("slow")
  void aBrokerThatStandsStillLeavesOpenWhatWasSentAndTheNextFindsNone() throws Exception {
    KafkaBroker broker = KafkaBroker.shared();
    broker.createTopic("frozen", 1);
    try (Transport transport =
        Topics.open(broker, "frozen", "timeout", "4s", "connect-timeout", "4s")) {
      Driver driver = new Driver(transport);
      assertThat(driver.run(List.of(Driver.call(1)))).containsOnly(new Delivered());
      broker.signal("STOP");
      try {
        List<CompletableFuture<Outcome>> sent = new ArrayList<>();
        for (long position = 2; position <= 9; position++) {
          sent.add(driver.start(Driver.call(position)));
        }
        assertThat(sent.stream().map(Driver::get))
            .containsOnly(new RetryLater(UNKNOWN, "no answer within 4 s", null));
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
      assertThat(transport.capacity()).isEqualTo(Topics.WINDOW);
      assertThat(driver.misuses()).isZero();
    }
    assertThat(broker.records("frozen").get(0))
        .extracting(one -> Long.parseLong(KafkaBroker.header(one, "stretto-position")))
        .isSorted()
        .doesNotHaveDuplicates()
        .containsAll(LongStream.rangeClosed(10, 30).boxed().toList());
    assertThat(broker.producers("frozen")).as("the one in doubt, and its successor").hasSize(2);
  }

  @ParameterizedTest
  @MethodSource("failures")
  void everyFailureHasItsMeaning(Exception failure, Object notSent, Object unanswered) {
    KafkaFaults faults =
        new KafkaFaults(
            MapSettings.of("kafka", "topic", "space", "bootstrap-servers", "a:1")
                .bind(KafkaSettings.class));

    assertThat(meaning(faults.notSent(failure))).isEqualTo(notSent);
    assertThat(meaning(faults.unanswered(failure))).isEqualTo(unanswered);
  }

  static List<Arguments> failures() {
    return List.of(
        Arguments.of(new RecordTooLargeException("long"), MESSAGE, MESSAGE),
        Arguments.of(new TopicAuthorizationException("t"), SENDER, SENDER),
        Arguments.of(new ClusterAuthorizationException("c"), SENDER, SENDER),
        Arguments.of(new SaslAuthenticationException("s"), SENDER, SENDER),
        Arguments.of(new InvalidTopicException("t"), SENDER, SENDER),
        Arguments.of(new UnknownTopicOrPartitionException("t"), SENDER, SENDER),
        Arguments.of(
            new TimeoutException("t", new UnknownTopicOrPartitionException("t")), SENDER, SENDER),
        Arguments.of(new SslAuthenticationException("s"), UNAVAILABLE, UNKNOWN),
        Arguments.of(new TimeoutException("t"), UNAVAILABLE, UNKNOWN),
        Arguments.of(new NetworkException("n"), UNAVAILABLE, UNKNOWN),
        Arguments.of(new NotEnoughReplicasException("n"), UNAVAILABLE, UNKNOWN),
        Arguments.of(new KafkaStorageException("d"), UNAVAILABLE, UNKNOWN),
        Arguments.of(new OutOfOrderSequenceException("o"), UNAVAILABLE, UNKNOWN),
        Arguments.of(new InvalidProducerEpochException("e"), UNAVAILABLE, UNKNOWN),
        Arguments.of(new SecurityDisabledException("s"), UNAVAILABLE, FAILED),
        Arguments.of(
            new KafkaException("fatal", new ClusterAuthorizationException("c")), SENDER, UNKNOWN),
        Arguments.of(new KafkaException("other"), UNAVAILABLE, UNKNOWN));
  }

  private static Object meaning(Outcome outcome) {
    return switch (outcome) {
      case Delivered delivered -> delivered;
      case RetryLater later -> later.fault();
      case Rejected rejected -> rejected.refused();
      case Outcome.Apart apart -> meaning(apart.outcome());
    };
  }
}
