package dev.stretto.transport.java;

import static dev.stretto.transport.Outcome.Fault.FAILED;
import static dev.stretto.transport.Outcome.Fault.UNAVAILABLE;
import static dev.stretto.transport.Outcome.Fault.UNKNOWN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stretto.message.Message;
import dev.stretto.transport.Driver;
import dev.stretto.transport.InvalidSettingException;
import dev.stretto.transport.MapSettings;
import dev.stretto.transport.Outcome;
import dev.stretto.transport.Transport;
import java.io.EOFException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class JavaTransportTest {

  private static final Queue<String> EVENTS = new ConcurrentLinkedQueue<>();
  private static volatile @Nullable Throwable thrown;

  private final JavaTransportType type = new JavaTransportType();

  @BeforeEach
  void forget() {
    EVENTS.clear();
    thrown = null;
  }

  @Test
  void aMessageIsDeliveredWhenTheSenderReturns() {
    try (Transport transport = open(Noting.class, "properties.topic", "orders")) {
      assertThat(transport.capacity()).isEqualTo(8);
      assertThat(Driver.outcomeOf(transport, Driver.call(5))).isEqualTo(new Outcome.Delivered());
    }
    assertThat(EVENTS).containsExactly("open {topic=orders}", "send 5 {\"n\":5} true", "close");
  }

  static Stream<Arguments> faults() {
    Duration wait = Duration.ofSeconds(3);
    return Stream.of(
        Arguments.of(
            new RejectedException("no\nway"),
            new Outcome.Rejected(Outcome.Refused.MESSAGE, "no way")),
        Arguments.of(
            new UnavailableException("closed for lunch", wait),
            new Outcome.RetryLater(UNAVAILABLE, "closed for lunch", wait)),
        retry(new UnavailableException("closed", null), UNAVAILABLE, "closed"),
        retry(new ConnectException("refused"), UNAVAILABLE, "ConnectException: refused"),
        retry(new UnknownHostException("x"), UNAVAILABLE, "UnknownHostException: x"),
        retry(new HttpConnectTimeoutException("x"), UNAVAILABLE, "HttpConnectTimeoutException: x"),
        retry(new TimeoutException(), UNKNOWN, "TimeoutException"),
        retry(new SocketTimeoutException("x"), UNKNOWN, "SocketTimeoutException: x"),
        retry(new HttpTimeoutException("x"), UNKNOWN, "HttpTimeoutException: x"),
        retry(new SocketException("reset"), UNKNOWN, "SocketException: reset"),
        retry(new EOFException(), UNKNOWN, "EOFException"),
        retry(
            new UncheckedIOException(new ConnectException("r")),
            UNAVAILABLE,
            "ConnectException: r"),
        retry(new CompletionException(new TimeoutException("t")), UNKNOWN, "TimeoutException: t"),
        retry(new IllegalStateException("bug"), FAILED, "IllegalStateException: bug"),
        retry(new NoClassDefFoundError("a/B"), FAILED, "NoClassDefFoundError: a/B"),
        retry(new OutOfMemoryError("heap"), FAILED, "OutOfMemoryError: heap"),
        retry(new SpeechlessException(), FAILED, "SpeechlessException"));
  }

  private static final class SpeechlessException extends RuntimeException {

    @Override
    public String getMessage() {
      throw new IllegalStateException("no message");
    }
  }

  private static Arguments retry(Throwable thrown, Outcome.Fault fault, String reason) {
    return Arguments.of(thrown, new Outcome.RetryLater(fault, reason, null));
  }

  @ParameterizedTest
  @MethodSource("faults")
  void whatTheSenderThrowsDecides(Throwable fault, Outcome outcome) {
    thrown = fault;
    try (Transport transport = open(Throwing.class)) {
      assertThat(Driver.outcomeOf(transport, Driver.call(1))).isEqualTo(outcome);
    }
    try (Transport transport = open(ThrowingLater.class)) {
      assertThat(Driver.outcomeOf(transport, Driver.call(1))).isEqualTo(outcome);
    }
  }

  @Test
  void aSenderThatReturnsNoStageFails() {
    try (Transport transport = open(Stageless.class)) {
      assertThat(((Outcome.RetryLater) Driver.outcomeOf(transport, Driver.call(1))).fault())
          .isEqualTo(FAILED);
    }
  }

  @Test
  void aCallThatGivesNoOutcomeInTimeIsUnknownAndGoesOnWithoutAnInterrupt() throws Exception {
    try (Transport transport = open(Stuck.class, "timeout", "50ms")) {
      Driver driver = new Driver(transport);
      assertThat(driver.run(List.of(Driver.call(1), Driver.call(2))))
          .containsOnly(
              new Outcome.RetryLater(UNKNOWN, "the sender gave no outcome within 50 ms", null));
      Stuck.RELEASE.countDown();
      Stuck.ENDED.await();
      assertThat(EVENTS).containsExactly("not interrupted", "not interrupted");
      assertThat(driver.misuses()).isZero();
    }
  }

  @ParameterizedTest
  @MethodSource("mistakes")
  void aClassThatCanNotServeIsNamedWithTheRemedy(@Nullable String name, String problem) {
    MapSettings settings = MapSettings.of("java");
    if (name != null) {
      settings.put("class", name);
    }
    assertThatThrownBy(() -> type.open("space", settings, 8))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessage(problem);
  }

  static Stream<Arguments> mistakes() {
    String sender = "dev.stretto.transport.java.Sender";
    return Stream.of(
        Arguments.of(null, "java.class: is required; name a class that implements " + sender),
        Arguments.of(
            "org.example.Missing",
            "java.class: org.example.Missing is not on the classpath; put its jar into plugins/"),
        Arguments.of("java.lang.String", "java.class: java.lang.String must implement " + sender),
        Arguments.of(
            Private.class.getName(),
            "java.class: "
                + Private.class.getName()
                + " must be public, not abstract, with a public constructor without parameters"),
        Arguments.of(
            Unmakeable.class.getName(),
            "java.class: "
                + Unmakeable.class.getName()
                + " can't be made: IllegalStateException: no"),
        Arguments.of(
            Unopenable.class.getName(),
            "java.properties: "
                + Unopenable.class.getName()
                + " does not open: IllegalArgumentException: topic is missing"));
  }

  @Test
  void theTimeoutHasADefaultAndMustBePositive() {
    assertThat(MapSettings.of("java", "class", "a.B").bind(JavaSettings.class))
        .isEqualTo(new JavaSettings("a.B", Duration.ofMinutes(5), Map.of()));
    assertThatThrownBy(() -> open(Noting.class, "timeout", "0s"))
        .hasMessage("java.timeout: must be more than 0, such as 5m");
  }

  private Transport open(Class<?> sender, String... settings) {
    MapSettings all = MapSettings.of("java", settings).put("class", sender.getName());
    return type.open("space", all, 8);
  }

  public static final class Noting implements Sender {
    @Override
    public void open(Map<String, String> properties) {
      EVENTS.add("open " + properties);
    }

    @Override
    public void send(Message message) {
      boolean virtual = Thread.currentThread().isVirtual();
      EVENTS.add("send " + message.position() + " " + message.payload() + " " + virtual);
    }

    @Override
    public void close() {
      EVENTS.add("close");
      throw new IllegalStateException("of no interest any more");
    }
  }

  public static final class Throwing implements Sender {
    @Override
    public void send(Message message) throws Exception {
      switch (thrown) {
        case Exception e -> throw e;
        case Error e -> throw e;
        case null, default -> EVENTS.add("sent");
      }
    }
  }

  public static final class ThrowingLater implements Sender {
    @Override
    public void send(Message message) {
      throw new AssertionError("sendAsync is there to be called");
    }

    @Override
    public CompletionStage<?> sendAsync(Message message) {
      Throwable fault = thrown;
      return fault == null
          ? CompletableFuture.completedStage("sent")
          : CompletableFuture.supplyAsync(() -> "sent")
              .thenCompose(_ -> CompletableFuture.failedStage(fault));
    }
  }

  public static final class Stageless implements Sender {
    @Override
    public void send(Message message) {}

    @Override
    @SuppressWarnings("NullAway")
    public CompletionStage<?> sendAsync(Message message) {
      return null;
    }
  }

  public static final class Stuck implements Sender {
    static final CountDownLatch RELEASE = new CountDownLatch(1);
    static final CountDownLatch ENDED = new CountDownLatch(2);

    @Override
    public void send(Message message) {
      try {
        RELEASE.await();
        EVENTS.add("not interrupted");
      } catch (InterruptedException e) {
        EVENTS.add("interrupted");
      }
      ENDED.countDown();
    }
  }

  static final class Private implements Sender {
    @Override
    public void send(Message message) {}
  }

  public static final class Unmakeable implements Sender {
    public Unmakeable() {
      throw new IllegalStateException("no");
    }

    @Override
    public void send(Message message) {}
  }

  public static final class Unopenable implements Sender {
    @Override
    public void open(Map<String, String> properties) {
      throw new IllegalArgumentException("topic is missing");
    }

    @Override
    public void send(Message message) {}
  }
}
