package dev.stretto.batch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stretto.batch.RehearsedTransport.Answer;
import dev.stretto.batch.RunResult.Executed;
import dev.stretto.database.Database;
import dev.stretto.database.OnEachDatabase;
import dev.stretto.dispatch.Stop;
import dev.stretto.dispatch.Stop.Reason;
import dev.stretto.outbox.admin.OutboxView;
import dev.stretto.report.ChannelStatuses;
import dev.stretto.transport.Outcome;
import dev.stretto.transport.Outcome.Fault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

/** What is kept of keys that may not be called yet. */
@OnEachDatabase
class ClosedKeysTest {

  private static final Outcome IN_AN_HOUR =
      new Outcome.RetryLater(Fault.UNAVAILABLE, "HTTP 429", Duration.ofHours(1));

  @Parameter Database database;
  @TempDir Path folder;

  @Test
  void aClosedKeyIsNotCalledByLaterRunsEitherAndTheOthersAre() throws Exception {
    try (JobFixture fixture =
        new JobFixture(
            database, folder, "ordering=key", "retry-after=key", "unavailable.patience=1s")) {
      fixture.append(2, "a");
      fixture.append(2, "b");
      script(fixture, "a", IN_AN_HOUR);

      Executed first = fixture.dispatch();

      assertThat(first.stop()).extracting(Stop::reason).isEqualTo(Reason.UNAVAILABLE);
      assertThat(first.stop())
          .extracting(Stop::text)
          .asString()
          .contains("one ordering key is closed until", "HTTP 429");
      assertThat(fixture.statuses()).isEqualTo(Map.of("DELIVERED", 2, "PENDING", 2));
      assertThat(closed(fixture)).extracting(OutboxView.ClosedKeys::count).isEqualTo(1L);
      assertThat(calls(fixture, "a")).isEqualTo(1);
      fixture.append(1, "b");

      Executed second = fixture.dispatch();

      assertThat(second.stop()).extracting(Stop::reason).isEqualTo(Reason.UNAVAILABLE);
      assertThat(fixture.statuses()).isEqualTo(Map.of("DELIVERED", 3, "PENDING", 2));
      assertThat(calls(fixture, "a")).as("none in the second run").isEqualTo(1);
      fixture.jdbc.update("update outbox_key set closed_until = closed_until - interval '1' hour");
      script(fixture, "a", new Outcome.Delivered());

      Executed last = fixture.dispatch();

      assertThat(last.status()).isEqualTo("COMPLETED");
      assertThat(fixture.statuses()).isEqualTo(Map.of("DELIVERED", 5));
      assertThat(keys(fixture)).as("passed").isEmpty();
    }
  }

  @Test
  void aClosedKeyIsKeptWithTheClaimThatIsGivenBack() throws Exception {
    try (JobFixture fixture =
        new JobFixture(
            database,
            folder,
            "ordering=key",
            "window=1",
            "retry-after=key",
            "unavailable.patience=0s")) {
      fixture.append(1, "a");
      fixture.append(1, "b");
      AtomicInteger kept = new AtomicInteger();
      fixture.transport.script(call -> {
        if ("a".equals(call.message().orderingKey())) {
          return Answer.soon(IN_AN_HOUR);
        }
        kept.set(keys(fixture).size());
        return Answer.soon(new Outcome.Delivered());
      });

      fixture.dispatch();

      assertThat(kept).as("as the next call starts").hasValue(1);
    }
  }

  @Test
  void theLastStartOfAKeyIsKept() throws Exception {
    try (JobFixture fixture = new JobFixture(database, folder, "ordering=key", "key-rate=1/h")) {
      fixture.append(1, "a");
      fixture.append(1, null);

      assertThat(fixture.dispatch().status()).isEqualTo("COMPLETED");

      assertThat(keys(fixture)).containsExactly("a");
    }
  }

  private static void script(JobFixture fixture, String key, Outcome outcome) {
    fixture.transport.script(call ->
        Answer.soon(key.equals(call.message().orderingKey()) ? outcome : new Outcome.Delivered()));
  }

  private static long calls(JobFixture fixture, String key) {
    return fixture.transport.calls().stream()
        .filter(call -> key.equals(call.message().orderingKey()))
        .count();
  }

  private static List<String> keys(JobFixture fixture) {
    return Objects.requireNonNull(
        fixture.jdbc.queryForList("select ordering_key from outbox_key", String.class));
  }

  private static OutboxView.@Nullable ClosedKeys closed(JobFixture fixture) {
    return new ChannelStatuses(fixture.jdbc)
        .of(List.of(JobFixture.CHANNEL))
        .getFirst()
        .closedKeys();
  }
}
