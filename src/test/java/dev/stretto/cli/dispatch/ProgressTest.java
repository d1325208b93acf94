package dev.stretto.cli.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stretto.dispatch.Counts;
import java.io.PrintStream;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;
import org.springframework.dao.RecoverableDataAccessException;

class ProgressTest {

  private static final long TWO_SECONDS = Duration.ofSeconds(2).toNanos();

  @Test
  void whatWaitsIsCountedWhenItIsFirstShownAndWhatWasDoneBeforeIsAdded() {
    Progress progress = progress(() -> 4000, Long.MAX_VALUE, true);

    progress.count();

    assertThat(progress.line(counts(1250), TWO_SECONDS))
        .isEqualTo("[######..................] 1,250 of 5,000, 625/s, 7 in flight, 6 s left");
  }

  @Test
  void theTotalIsNoMoreThanTheLimitAllows() {
    Progress progress = progress(() -> 10_000_000, 2000, false);

    progress.count();

    assertThat(progress.line(counts(1000), TWO_SECONDS))
        .isEqualTo("1,000 of 2,000, 500/s, 7 in flight, 2 s left");
  }

  @Test
  void withoutATotalThereIsNoTimeLeft() {
    Progress progress =
        progress(
            () -> {
              throw new RecoverableDataAccessException("the database is gone");
            },
            Long.MAX_VALUE,
            true);

    progress.count();

    assertThat(progress.line(counts(1000), TWO_SECONDS))
        .isEqualTo("1,000 done, 500/s, 7 in flight");
  }

  private static Progress progress(LongSupplier waiting, long most, boolean terminal) {
    PrintStream nowhere = new PrintStream(PrintStream.nullOutputStream());
    return new Progress(() -> counts(1000), waiting, most, terminal, nowhere);
  }

  private static Counts counts(long delivered) {
    return new Counts(delivered + 7, 7, delivered, 0, 0, false, Duration.ofSeconds(2));
  }
}
