package dev.stretto.batch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.stretto.batch.RehearsedTransport.Answer;
import dev.stretto.batch.RunResult.Executed;
import dev.stretto.database.Database;
import dev.stretto.database.OnEachDatabase;
import dev.stretto.transport.Call;
import dev.stretto.transport.Outcome;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Law 11: what a run holds in memory is bounded in bytes, and law 12 holds for what is long. */
@OnEachDatabase
class LongPayloadsTest {

  private static final int MESSAGES = 40;

  /** In bytes; as characters it is less. */
  private static final int LENGTH = 300_000;

  /** Of 1 MB. */
  private static final int FIT = 3;

  @Parameter Database vendor;
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"start", "key", "strict"})
  void allAreSentWholeInOrderAndNoMoreAtOnceThanTheMemoryHolds(String ordering) throws Exception {
    try (JobFixture job =
        new JobFixture(vendor, folder, "stretto.memory=1MB", "ordering=" + ordering)) {
      job.transport.script(call -> Answer.delivered(Duration.ofMillis(5)));
      append(job);

      assertThat(job.dispatch().counts().delivered()).isEqualTo(MESSAGES);

      assertThat(job.transport.calls().stream().map(call -> call.message().payload()))
          .containsExactlyElementsOf(payloads());
      assertThat(job.transport.mostUnderWay()).isLessThanOrEqualTo(FIT);
    }
  }

  @Test
  void oneThatIsLongerThanTheMemoryIsSentAlone() throws Exception {
    try (JobFixture job = new JobFixture(vendor, folder, "stretto.memory=1MB")) {
      String longest = "x".repeat(3_000_000);
      job.jdbc.update("insert into outbox_message (channel, payload) values ('space', ?)", longest);
      append(job);

      assertThat(job.dispatch().counts().delivered()).isEqualTo(1 + MESSAGES);

      assertThat(job.transport.calls().getFirst().message().payload()).isEqualTo(longest);
    }
  }

  /** They wait for one that is delivered, which finds the memory full of them. */
  @Test
  void refusedOnesThatFillTheMemoryKeepNoOtherFromBeingSent() throws Exception {
    try (JobFixture job = new JobFixture(vendor, folder, "stretto.memory=1MB")) {
      job.transport.script(call ->
          Answer.soon(
              call.message().position() <= 2 * FIT
                  ? new Outcome.Rejected(Outcome.Refused.MESSAGE, "HTTP 422")
                  : new Outcome.Delivered()));
      append(job);

      Executed result = job.dispatch();

      assertThat(result.counts().parked()).isEqualTo(2 * FIT);
      assertThat(result.counts().delivered()).isEqualTo(MESSAGES - 2 * FIT);
    }
  }

  @Test
  void oneThatIsSentAgainIsWholeToo() throws Exception {
    try (JobFixture job = new JobFixture(vendor, folder, "stretto.memory=1MB")) {
      job.transport.script(call ->
          Answer.soon(
              call.attempt() == 1
                  ? new Outcome.RetryLater(Outcome.Fault.UNKNOWN, "no answer", null)
                  : new Outcome.Delivered()));
      append(job);
      job.jdbc.update("delete from outbox_message where id > 8");

      assertThat(job.dispatch().counts().delivered()).isEqualTo(8);

      List<Call> calls = job.transport.calls();
      assertThat(calls)
          .hasSize(16)
          .allMatch(call -> call.message().payload().getBytes(UTF_8).length == LENGTH);
    }
  }

  private static void append(JobFixture job) {
    List<Object[]> rows = new ArrayList<>();
    payloads().forEach(payload -> rows.add(new Object[] {payload}));
    job.jdbc.batchUpdate("insert into outbox_message (channel, payload) values ('space', ?)", rows);
  }

  private static List<String> payloads() {
    return IntStream.range(0, MESSAGES)
        .mapToObj(n -> String.format("%06d", n) + "é".repeat((LENGTH - 6) / 2))
        .toList();
  }
}
