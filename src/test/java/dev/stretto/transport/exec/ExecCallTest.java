package dev.stretto.transport.exec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stretto.transport.Driver;
import dev.stretto.transport.Outcome;
import dev.stretto.transport.Outcome.Delivered;
import dev.stretto.transport.Outcome.Fault;
import dev.stretto.transport.Outcome.RetryLater;
import dev.stretto.transport.ReturnedCalls;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class ExecCallTest {

  private final CompletableFuture<Outcome> outcome = new CompletableFuture<>();
  private final ExecCall call =
      new ExecCall(
          Driver.call(1), Driver.finishing(outcome), new ReturnedCalls(), new byte[] {'{', '}'});

  @Test
  void whatWasSaidNotToHaveBeenSentIsNeverWritten() {
    call.expire("late", "unread");

    assertThat(call.begin()).isNull();
    assertThat(outcome.join()).isEqualTo(new RetryLater(Fault.UNAVAILABLE, "unread", null));
  }

  @Test
  void whatMayHaveBeenReadIsUnknown() {
    assertThat(call.begin()).hasSize(2);
    call.expire("late", "unread");

    assertThat(outcome.join()).isEqualTo(new RetryLater(Fault.UNKNOWN, "late", null));
  }

  @Test
  void aLineWithoutItsEndIsNoMessage() {
    assertThat(call.begin()).hasSize(2);
    call.unwritten();
    call.lost("gone", true);

    assertThat(outcome.join()).isEqualTo(new RetryLater(Fault.UNTAKEN, "gone", null));
  }

  @Test
  void theFirstOutcomeCounts() {
    call.finish(new Delivered());
    call.lost("gone", false);
    call.expire("late", "unread");

    assertThat(outcome.join()).isEqualTo(new Delivered());
  }
}
