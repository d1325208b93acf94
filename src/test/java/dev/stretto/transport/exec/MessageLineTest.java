package dev.stretto.transport.exec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.stretto.message.Message;
import dev.stretto.transport.Call;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class MessageLineTest {

  @Test
  void everyMemberIsPinned() {
    Message message =
        new Message(
            1, "space", 7, "m-1", "k", "text/plain", Map.of("x", "y"), "{\"text\":\"hi\"}\n", 0);

    assertThat(new String(MessageLine.of(new Call(message, 2, 42)), UTF_8))
        .isEqualTo(
            "{\"id\":\"m-1\",\"channel\":\"space\",\"position\":7,\"attempt\":2,\"fence\":42,"
                + "\"key\":\"k\",\"contentType\":\"text/plain\",\"headers\":{\"x\":\"y\"},"
                + "\"payload\":\"{\\\"text\\\":\\\"hi\\\"}\\n\"}\n");
  }

  @Test
  void everyCharacterComesOutAgainFromOneLine() {
    StringBuilder all = new StringBuilder();
    for (int c = 0; c < 0x3000; c++) {
      all.appendCodePoint(c);
    }
    all.append("\uFEFF\uFFFF\uD83D\uDE00");
    Message message = new Message(1, "c", 1, "m", null, "text/plain", Map.of(), all.toString(), 0);

    String line = new String(MessageLine.of(new Call(message, 1, 1)), UTF_8);

    JsonNode read = JsonMapper.shared().readTree(line);
    assertThat(read.path("payload").asString()).isEqualTo(all.toString());
    assertThat(read.path("key").isNull()).isTrue();
    assertThat(line.indexOf('\n')).isEqualTo(line.length() - 1);
    assertThat(line).doesNotContain("\r");
  }
}
