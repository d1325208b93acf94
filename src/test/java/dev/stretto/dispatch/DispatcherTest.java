package dev.stretto.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stretto.message.Status;
import dev.stretto.transport.Call;
import dev.stretto.transport.Outcome;
import dev.stretto.transport.Transport;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DispatcherTest {

  @Test
  void startsACallOnlyOnceTheOneBeforeHasLeft() throws InterruptedException {
    SlowToLeave transport = new SlowToLeave();
    Dispatcher dispatcher = dispatcher(Settings.start(16), transport, System::nanoTime);
    dispatcher.start();

    offer(dispatcher, 16);
    List<Task> picked = claim(dispatcher);
    for (Task task : picked) {
      assertThat(task.awaitOver()).isSameAs(task);
    }
    record(dispatcher, picked);

    assertThat(dispatcher.awaitIdle(Duration.ofMinutes(1), () -> false)).isTrue();
    assertThat(transport.early.get()).as("starts before the call before had left").isZero();
    assertThat(dispatcher.counts().delivered()).isEqualTo(16);
    dispatcher.close();
  }

  @Test
  void aCallThatEndsWhileNothingWaitsToStartWakesNobody() throws InterruptedException {
    AtomicInteger looks = new AtomicInteger();
    CountDownLatch foundNone = new CountDownLatch(17);
    AtomicReference<@Nullable Thread> dispatching = new AtomicReference<>();
    Answered transport = new Answered();
    Dispatcher dispatcher =
        dispatcher(
            Settings.start(16),
            transport,
            () -> {
              if (Thread.currentThread().getName().equals("dispatch-space")) {
                dispatching.set(Thread.currentThread());
                looks.incrementAndGet();
                foundNone.countDown();
              }
              return System.nanoTime();
            });
    offer(dispatcher, 16);
    List<Task> picked = claim(dispatcher);

    dispatcher.start();
    foundNone.await();
    transport.calls.forEach(progress -> {
      progress.finished(new Outcome.Delivered());
      Thread.yield();
    });
    record(dispatcher, picked);
    dispatcher.close();
    Objects.requireNonNull(dispatching.get()).join();

    assertThat(dispatcher.counts().delivered()).isEqualTo(16);
    assertThat(looks.get()).as("one for each start, and one that finds none").isEqualTo(17);
  }

  @Test
  void whoeverWaitsForRoomIsToldOfAStopThatTheDispatchingThreadFinds() throws Exception {
    Answered transport = new Answered();
    Dispatcher dispatcher =
        dispatcher(Settings.start(1).patience(Duration.ZERO), transport, System::nanoTime);
    dispatcher.start();
    offer(dispatcher, 1);
    claim(dispatcher);
    offer(dispatcher, 1);
    FutureTask<Task> third = new FutureTask<>(() -> dispatcher.offer(Rehearsal.message(3, null)));
    Thread offering = Thread.ofPlatform().start(third);
    while (offering.getState() != Thread.State.TIMED_WAITING || transport.calls.isEmpty()) {
      Thread.onSpinWait();
    }

    transport.calls.getFirst().finished(Rehearsal.unavailable(null));

    assertThat(third.get(1, TimeUnit.MINUTES).over()).isTrue();
    assertThat(dispatcher.stopped()).extracting(Stop::reason).isEqualTo(Stop.Reason.UNAVAILABLE);
    dispatcher.close();
  }

  @Test
  void drainingEndsWithTheLastCallThoughNothingMayBeRecorded() throws Exception {
    Answered transport = new Answered();
    Dispatcher dispatcher = dispatcher(Settings.start(1), transport, System::nanoTime);
    dispatcher.start();
    offer(dispatcher, 1);
    claim(dispatcher);
    while (transport.calls.isEmpty()) {
      Thread.onSpinWait();
    }
    dispatcher.stop(new Stop(Stop.Reason.LEASE_LOST, "test", null));
    CompletableFuture<Void> drained = new CompletableFuture<>();
    Thread draining =
        Thread.ofPlatform()
            .start(() -> {
              dispatcher.drain();
              drained.complete(null);
            });
    while (draining.getState() != Thread.State.TIMED_WAITING) {
      Thread.onSpinWait();
    }

    transport.calls.getFirst().finished(new Outcome.Delivered());

    assertThat(drained).succeedsWithin(Duration.ofMinutes(1));
    assertThat(dispatcher.counts().delivered()).isZero();
  }

  @Test
  void whatATransportThrowsIsTheOutcomeOfThatCallAlone() {
    Answered transport =
        new Answered() {
          @Override
          public void start(Call call, Progress progress) {
            if (call.message().id() == 1 && call.attempt() == 1) {
              throw new IllegalStateException("no such destination");
            }
            super.start(call, progress);
            progress.finished(new Outcome.Delivered());
          }
        };
    Dispatcher dispatcher = dispatcher(Settings.start(16), transport, System::nanoTime);
    dispatcher.start();
    offer(dispatcher, 3);
    List<Task> picked = claim(dispatcher);
    awaitOver(picked);

    record(dispatcher, picked);

    assertThat(dispatcher.counts().delivered()).isEqualTo(3);
    assertThat(dispatcher.counts().retried()).isEqualTo(1);
    assertThat(dispatcher.stopped()).isNull();
    dispatcher.close();
  }

  @Test
  void whatIsAnsweredAfterTheDispatchingThreadFailedIsStillToBeRecorded() {
    Answered transport =
        new Answered() {
          @Override
          public int capacity() {
            if (calls.size() == 2) {
              throw new IllegalStateException("broken");
            }
            return 16;
          }
        };
    Dispatcher dispatcher = dispatcher(Settings.start(16), transport, System::nanoTime);
    dispatcher.start();
    offer(dispatcher, 3);
    List<Task> picked = claim(dispatcher);
    while (dispatcher.stopped() == null) {
      Thread.onSpinWait();
    }

    transport.calls.forEach(progress -> progress.finished(new Outcome.Delivered()));
    awaitOver(picked);

    assertThat(dispatcher.stopped()).extracting(Stop::reason).isEqualTo(Stop.Reason.FAILED);
    assertThat(picked)
        .extracting(task -> Objects.requireNonNull(task.settlement()).status())
        .containsExactly(Status.DELIVERED, Status.DELIVERED, Status.PENDING);
    dispatcher.close();
  }

  private static List<Task> claim(Dispatcher dispatcher) {
    Turn turn = dispatcher.turn(List.of());
    dispatcher.committed(turn);
    return turn.picked();
  }

  private static void record(Dispatcher dispatcher, List<Task> ended) {
    dispatcher.committed(dispatcher.turn(ended));
  }

  private static void awaitOver(List<Task> tasks) {
    while (!tasks.stream().allMatch(Task::over)) {
      Thread.onSpinWait();
    }
  }

  private static Dispatcher dispatcher(Settings settings, Transport transport, LongSupplier nanos) {
    return new Dispatcher(
        Thread.ofVirtual().name("dispatch-space"),
        settings.build(),
        new Dispatcher.Passage(transport, 1),
        () -> true,
        () -> {},
        new Clocks(nanos, Clock.systemUTC(), new Random(1)));
  }

  private static void offer(Dispatcher dispatcher, int messages) {
    LongStream.rangeClosed(1, messages)
        .mapToObj(id -> Rehearsal.message(id, null))
        .forEach(dispatcher::offer);
  }

  /** A way on which a call leaves at once; the test answers it. */
  private static class Answered implements Transport {

    final List<Progress> calls = Collections.synchronizedList(new ArrayList<>());

    @Override
    public int capacity() {
      return 16;
    }

    @Override
    public void start(Call call, Progress progress) {
      calls.add(progress);
      progress.handedOver();
    }

    @Override
    public void close() {}
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
