package dev.stretto.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class JsonTextTest {

  record Document(
      String zone, long count, double seconds, @Nullable Instant at, @Nullable String absent) {}

  @Test
  void aRecordsComponentsKeepTheirOrderAndNullsAreWritten() {
    Document document =
        new Document(
            "é \"quoted\"\n", 12_345, 1.5, Instant.parse("2026-01-02T03:04:05.600Z"), null);

    assertThat(JsonText.of(document))
        .isEqualTo(
            "{\"zone\":\"é \\\"quoted\\\"\\n\",\"count\":12345,\"seconds\":1.5,"
                + "\"at\":\"2026-01-02T03:04:05.600Z\",\"absent\":null}");
  }

  @Test
  void aMapsEntriesKeepTheirOrder() {
    Map<String, Long> counts = new LinkedHashMap<>();
    counts.put("orders", 2L);
    counts.put("billing", 1L);

    assertThat(JsonText.of(counts)).isEqualTo("{\"orders\":2,\"billing\":1}");
  }
}
