package dev.stretto.batch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stretto.batch.RehearsedTransport.Answer;
import dev.stretto.batch.RunResult.Executed;
import dev.stretto.run.ChannelRun;
import dev.stretto.run.RunOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Key order at the contract's size, and what it reads. */
@Tag("slow")
class HotKeyTest {

  private static final int HOT = 100_000;
  private static final int OTHERS = 1_000;

  @TempDir Path folder;

  @Test
  void aHundredThousandOfOneKeyDoNotStallTheOthersAndAreReadOnce() throws Exception {
    try (JobFixture fixture = new JobFixture(folder, "ordering=key")) {
      fixture.append(HOT, "hot");
      fixture.append(OTHERS, null);
      fixture.jdbc.execute("set query_statistics true");
      AtomicReference<ChannelRun> running = new AtomicReference<>();
      AtomicInteger hot = new AtomicInteger();
      AtomicInteger others = new AtomicInteger();
      fixture.transport.script(call -> {
        if (call.message().orderingKey() != null) {
          hot.incrementAndGet();
        } else if (others.incrementAndGet() == OTHERS) {
          running.get().stop("the others are done");
        }
        return Answer.delivered(Duration.ofMillis(1));
      });

      Executed result = fixture.dispatch(RunOptions.NONE, running::set);

      assertThat(result.status()).isEqualTo("STOPPED");
      assertThat(hot.get()).as("hot ones sent while the others were").isBetween(50, HOT / 2);
      assertThat(result.counts().delivered()).isEqualTo(hot.get() + OTHERS);
      assertThat(rowsRead(fixture))
          .as("each new row once, and each that comes back from disk once more")
          .isBetween(HOT + OTHERS + 0L, HOT + OTHERS + 3L * (hot.get() + OTHERS));
    }
  }

  /** The rows that queries of the outbox returned; their plans read no others: OutboxPlansTest. */
  private static long rowsRead(JobFixture fixture) {
    Long rows =
        fixture.jdbc.queryForObject(
            """
            select cast(sum(average_row_count * execution_count) as bigint)
              from information_schema.query_statistics
             where sql_statement like 'select%from "STRETTO".outbox_%'
            """,
            Long.class);
    return rows == null ? 0 : rows;
  }
}
