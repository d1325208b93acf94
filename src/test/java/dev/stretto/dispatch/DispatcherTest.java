package dev.stretto.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stretto.outbox.Message;
import dev.stretto.transport.Call;
import dev.stretto.transport.Outcome;
import dev.stretto.transport.Transport;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class DispatcherTest {

  @Test
  void startsACallOnlyOnceTheOneBeforeHasLeft() throws InterruptedException {
    SlowToLeave transport = new SlowToLeave();
    Dispatcher dispatcher =
        new Dispatcher(
            "space",
            Settings.start(16).build(),
            new Dispatcher.Passage(transport, 1),
            () -> true,
            () -> {},
            new Times(System::nanoTime, Clock.systemUTC(), new Random(1)));
    dispatcher.start();

    List<Message> messages =
        LongStream.rangeClosed(1, 16).mapToObj(id -> Rehearsal.message(id, null)).toList();
    messages.forEach(dispatcher::offer);
    List<Flight> picked = dispatcher.pick(0);
    CountDownLatch underWay = new CountDownLatch(picked.size());
    picked.forEach(flight -> flight.whenOver(underWay::countDown));
    dispatcher.claimed(picked);
    underWay.await();
    dispatcher.recorded(picked);

    assertThat(dispatcher.awaitIdle(Duration.ofMinutes(1), () -> false)).isTrue();
    assertThat(transport.early.get()).as("starts before the call before had left").isZero();
    assertThat(dispatcher.counts().delivered()).isEqualTo(16);
    dispatcher.close();
  }

  /** A way on which a call leaves some time after it was started, and is answered at once then. */
  private static final class SlowToLeave implements Transport {

    private final AtomicInteger leaving = new AtomicInteger();
    private final AtomicInteger early = new AtomicInteger();

    @Override
    public int capacity() {
      return 16;
    }

    @Override
    public void start(Call call, Progress progress) {
      if (leaving.getAndIncrement() > 0) {
        early.incrementAndGet();
      }
      CompletableFuture.delayedExecutor(5, TimeUnit.MILLISECONDS)
          .execute(() -> {
            leaving.decrementAndGet();
            progress.handedOver();
            progress.finished(new Outcome.Delivered());
          });
    }

    @Override
    public void close() {}
  }
}
