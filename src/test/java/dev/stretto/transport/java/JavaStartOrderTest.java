package dev.stretto.transport.java;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stretto.message.Message;
import dev.stretto.transport.Call;
import dev.stretto.transport.Driver;
import dev.stretto.transport.MapSettings;
import dev.stretto.transport.Outcome;
import dev.stretto.transport.Transport;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JavaStartOrderTest {

  private static final int CALLS = 20_000;
  private static final int WINDOW = 64;

  private static final AtomicInteger ENTERED = new AtomicInteger();
  private static final AtomicIntegerArray POSITIONS = new AtomicIntegerArray(CALLS);

  @SuppressWarnings("UnusedVariable") // keeps the work from being optimised away
  private static volatile long computed;

  @BeforeEach
  void forget() {
    ENTERED.set(0);
  }

  @ParameterizedTest
  @ValueSource(classes = {Blocking.class, Computing.class, Mixed.class, Asynchronous.class})
  void callsAreEnteredInStartOrderAndOverlap(Class<?> sender) {
    MapSettings settings = MapSettings.of("java", "class", sender.getName());
    try (Transport transport = new JavaTransportType().open("space", settings, WINDOW)) {
      Driver driver = new Driver(transport);
      List<Call> calls = LongStream.rangeClosed(1, CALLS).mapToObj(Driver::call).toList();

      assertThat(driver.run(calls)).allMatch(Outcome.Delivered.class::isInstance);

      int inversions = 0;
      for (int i = 0; i < CALLS; i++) {
        if (POSITIONS.get(i) != i + 1) {
          inversions++;
        }
      }
      assertThat(inversions).isZero();
      assertThat(driver.mostUnderWay()).isBetween(2, WINDOW);
      assertThat(driver.misuses()).isZero();
    }
  }

  private static void enter(Message message) {
    POSITIONS.set(ENTERED.getAndIncrement(), (int) message.position());
  }

  private static void compute(int rounds) {
    long x = rounds;
    for (int i = 0; i < rounds; i++) {
      x = x * 31 + i;
    }
    computed = x;
  }

  public static final class Blocking implements Sender {
    @Override
    public void send(Message message) throws Exception {
      enter(message);
      Thread.sleep(1);
    }
  }

  public static final class Computing implements Sender {
    @Override
    public void send(Message message) {
      enter(message);
      compute(20_000);
    }
  }

  public static final class Mixed implements Sender {
    @Override
    public void send(Message message) throws Exception {
      enter(message);
      compute(message.position() % 7 == 0 ? 50_000 : 100);
      if (message.position() % 3 == 0) {
        Thread.sleep(1);
      }
    }
  }

  public static final class Asynchronous implements Sender {
    private static final Executor LATER =
        CompletableFuture.delayedExecutor(1, TimeUnit.MILLISECONDS);

    @Override
    public void send(Message message) {
      throw new AssertionError("sendAsync is there to be called");
    }

    @Override
    public CompletionStage<?> sendAsync(Message message) {
      enter(message);
      return CompletableFuture.runAsync(() -> {}, LATER);
    }
  }
}
