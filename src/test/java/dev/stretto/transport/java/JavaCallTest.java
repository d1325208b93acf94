package dev.stretto.transport.java;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.stretto.message.Message;
import dev.stretto.transport.Driver;
import dev.stretto.transport.Outcome;
import dev.stretto.transport.Transport.Progress;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class JavaCallTest {

  @Test
  void aSenderThatStandsWhereItWasEnteredIsNotTakenToBeAtWork() {
    Stages sender = new Stages();
    CompletableFuture<Outcome> outcome = new CompletableFuture<>();
    JavaCall call = new JavaCall(sender, false, Driver.message(1, "{}", Map.of()), told(outcome));
    call.run("java-test");
    await().until(() -> sender.entered);

    for (int look = 0; look < 100; look++) {
      assertThat(call.seenAtWork() || call.blockedOrOver()).as("look %s", look).isFalse();
    }

    sender.stage = 1;
    await().until(call::seenAtWork);
    sender.stage = 2;
    assertThat(outcome.join()).isInstanceOf(Outcome.Delivered.class);
    assertThat(call.blockedOrOver()).isTrue();
  }

  private static Progress told(CompletableFuture<Outcome> outcome) {
    return new Progress() {
      @Override
      public void handedOver() {}

      @Override
      public void finished(Outcome end) {
        outcome.complete(end);
      }
    };
  }

  /** Computes on one line, calling nothing, then on another, then returns. */
  private static final class Stages implements Sender {
    volatile boolean entered;
    volatile int stage;

    @Override
    public void send(Message message) {
      for (; stage == 0; entered = true) {}
      while (stage == 1) {}
    }
  }
}
