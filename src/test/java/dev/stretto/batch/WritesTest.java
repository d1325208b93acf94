package dev.stretto.batch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stretto.batch.RehearsedTransport.Answer;
import dev.stretto.batch.RunResult.Executed;
import dev.stretto.transport.Outcome;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How much is written for each message. */
class WritesTest {

  private static final int WINDOW = 250;
  private static final int MESSAGES = 8 * WINDOW;

  @TempDir Path folder;

  @Test
  void whatIsAnsweredTogetherIsRecordedByFewStatements() throws Exception {
    try (JobFixture fixture = new JobFixture(folder, "window=" + WINDOW)) {
      fixture.append(MESSAGES);
      fixture.jdbc.execute("set query_statistics true");
      AtomicInteger calls = new AtomicInteger();
      AtomicReference<CompletableFuture<Void>> together =
          new AtomicReference<>(new CompletableFuture<>());
      fixture.transport.script(call -> {
        CompletableFuture<Void> answer = together.get();
        if (calls.incrementAndGet() % WINDOW == 0) {
          together.set(new CompletableFuture<>());
          answer.completeAsync(() -> null);
        }
        return new Answer(new Outcome.Delivered(), answer);
      });

      Executed result = fixture.dispatch();

      assertThat(result.counts().delivered()).isEqualTo(MESSAGES);
      assertThat(updates(fixture)).as("updates of messages").isBetween(1L, MESSAGES / 4L);
    }
  }

  private static long updates(JobFixture fixture) {
    Long updates =
        fixture.jdbc.queryForObject(
            """
            select sum(execution_count)
              from information_schema.query_statistics
             where sql_statement like 'update %outbox_message%'
            """,
            Long.class);
    return updates == null ? 0 : updates;
  }
}
