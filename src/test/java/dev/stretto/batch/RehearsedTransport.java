package dev.stretto.batch;

import dev.stretto.transport.Call;
import dev.stretto.transport.Outcome;
import dev.stretto.transport.Transport;
import dev.stretto.transport.TransportSettings;
import dev.stretto.transport.TransportType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * A destination within the test: answers each call as told, when told, and notes the calls in
 * order.
 */
final class RehearsedTransport implements TransportType {

  /**
   * What to answer, and when.
   *
   * @param when completes when the answer comes
   */
  record Answer(Outcome outcome, CompletableFuture<?> when) {

    static Answer after(Duration delay, Outcome outcome) {
      return new Answer(
          outcome,
          CompletableFuture.runAsync(
              () -> {}, CompletableFuture.delayedExecutor(delay.toNanos(), TimeUnit.NANOSECONDS)));
    }

    static Answer delivered(Duration delay) {
      return after(delay, new Outcome.Delivered());
    }

    static Answer soon(Outcome outcome) {
      return after(Duration.ofMillis(1), outcome);
    }
  }

  private final List<Call> calls = new ArrayList<>();
  private volatile Function<Call, Answer> script = call -> Answer.delivered(Duration.ofMillis(1));
  private int underWay;
  private int most;

  /** Sets what is answered from now on; called on the dispatching thread. */
  void script(Function<Call, Answer> answers) {
    script = answers;
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
        var _ =
            answer
                .when()
                .thenRun(() -> {
                  ended();
                  progress.finished(answer.outcome());
                });
      }

      @Override
      public void close() {}
    };
  }
}
