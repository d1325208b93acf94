package dev.stretto.batch;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;

import dev.stretto.batch.RehearsedTransport.Answer;
import dev.stretto.batch.RunResult.Executed;
import dev.stretto.database.Database;
import dev.stretto.database.OnEachDatabase;
import dev.stretto.dispatch.Stop;
import dev.stretto.transport.Outcome;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

/** What was answered is recorded, though something else can't be written. */
@OnEachDatabase
class RescuedAnswersTest {

  @Parameter Database vendor;
  @TempDir Path folder;

  @Test
  void aLaneThatCanNotBeBlockedEndsTheRunButNothingThatWasAnsweredIsSentAgain() throws Exception {
    try (JobFixture fixture = new JobFixture(vendor, folder, "ordering=key", "window=8")) {
      fixture.jdbc.update(
          "alter table outbox_lane add constraint nobody_expects check (ordering_key <> 'bad')");
      fixture.append(1, "bad");
      fixture.append(7, null);
      fixture.transport.script(call ->
          call.message().orderingKey() == null
              ? Answer.delivered(Duration.ofMillis(100))
              : Answer.soon(new Outcome.Rejected(Outcome.Refused.MESSAGE, "HTTP 422")));

      Executed broken = fixture.dispatch();

      assertThat(broken.status()).isEqualTo("FAILED");
      assertThat(broken.stop()).extracting(Stop::reason).isEqualTo(Stop.Reason.FAILED);
      assertThat(fixture.delivered()).isEqualTo(7);

      fixture.jdbc.update("alter table outbox_lane drop constraint nobody_expects");
      fixture.transport.script(call -> Answer.delivered(Duration.ofMillis(1)));
      fixture.dispatch();

      assertThat(fixture.statuses()).isEqualTo(Map.of("DELIVERED", 8));
      assertThat(
              fixture.transport.calls().stream()
                  .filter(call -> call.message().orderingKey() == null)
                  .collect(groupingBy(call -> call.message().id(), counting())))
          .hasSize(7)
          .allSatisfy((id, calls) -> assertThat(calls).isEqualTo(1));
    }
  }
}
