package dev.stretto.job;

import static java.util.stream.LongStream.rangeClosed;
import static org.assertj.core.api.Assertions.assertThat;

import dev.stretto.job.RehearsedTransport.Answer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DispatchJobTest {

  @TempDir Path folder;

  @Test
  void startsEveryMessageInPositionOrderWhileCallsOverlap() throws Exception {
    try (JobFixture fixture = new JobFixture(folder, "window=16")) {
      fixture.append(2000);
      fixture.transport.script(
          call ->
              Answer.delivered(
                  Duration.ofMillis(call.message().position() % 50 == 0 ? 60 : 3)));

      DispatchResult result = fixture.dispatch();

      assertThat(fixture.transport.positions())
          .containsExactlyElementsOf(rangeClosed(1, 2000).boxed().toList());
      assertThat(fixture.transport.calls())
          .extracting(call -> call.message().id())
          .isSorted();
      assertThat(fixture.transport.mostUnderWay()).isEqualTo(16);
      assertThat(result.status()).isEqualTo("COMPLETED");
      assertThat(result.delivered()).isEqualTo(2000);
      assertThat(fixture.statuses()).isEqualTo(Map.of("DELIVERED", 2000));
    }
  }
}
