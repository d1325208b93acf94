package dev.stretto.job;

import dev.stretto.transport.Call;
import dev.stretto.transport.Outcome;
import dev.stretto.transport.Transport;
import dev.stretto.transport.TransportSettings;
import dev.stretto.transport.TransportType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** A destination within the test: answers each call as told, after as long as told, and notes the calls in order. */
final class RehearsedTransport implements TransportType {

  /** What to answer, and when; a call that is never answered has no outcome. */
  record Answer(Outcome outcome, Duration after) {
    static Answer delivered(Duration after) {
      return new Answer(new Outcome.Delivered(), after);
    }

    static Answer after1ms(Outcome outcome) {
      return new Answer(outcome, Duration.ofMillis(1));
    }
  }

  private final List<Call> calls = new ArrayList<>();
  private final ScheduledExecutorService later =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("rehearsed").factory());
  private volatile Function<Call, Answer> script =
      call -> Answer.delivered(Duration.ofMillis(1));
  private volatile Runnable closed = () -> {};
  private int underWay;
  private int most;

  /** Sets what is answered from now on; called on the dispatching thread. */
  void script(Function<Call, Answer> answers) {
    script = answers;
  }

  /** Sets what happens when the way is closed. */
  void onClose(Runnable action) {
    closed = action;
  }

  synchronized List<Call> calls() {
    return List.copyOf(calls);
  }

  List<Long> positions() {
    return calls().stream().map(call -> call.message().position()).toList();
  }

  synchronized int mostUnderWay() {
    return most;
  }

  private synchronized void began(Call call) {
    calls.add(call);
    most = Math.max(most, ++underWay);
  }

  private synchronized void ended() {
    underWay--;
  }

  @Override
  public String name() {
    return "rehearsed";
  }

  @Override
  public Transport open(String channel, TransportSettings settings, int window) {
    return new Transport() {
      @Override
      public int capacity() {
        return window;
      }

      @Override
      public void start(Call call, Progress progress) {
        began(call);
        progress.handedOver();
        Answer answer = script.apply(call);
        CompletableFuture.delayedExecutor(
                answer.after().toNanos(), TimeUnit.NANOSECONDS, later)
            .execute(
                () -> {
                  ended();
                  progress.finished(answer.outcome());
                });
      }

      @Override
      public void close() {
        closed.run();
      }
    };
  }
}
