package dev.stretto.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stretto.message.Status;
import dev.stretto.outbox.admin.RecordedMessage;
import dev.stretto.outbox.admin.RecordedMessage.Start;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyStartsTest {

  private static final int KEYS = 500;

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 100, 1000})
  void looksAtEveryKeyHoweverFewItRemembers(int most) {
    for (int bad = 0; bad < KEYS; bad += 50) {
      List<RecordedMessage> messages = new ArrayList<>();
      for (int i = 0; i < 2 * KEYS; i++) {
        int start = i == KEYS + bad ? bad : i + 1;
        messages.add(message(i + 1, "key-" + i % KEYS, start));
      }

      assertThat(broken(messages, most)).isEqualTo(bad == 0 ? 1 : bad + 1);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 1000})
  void keysDoNotMindEachOther(int most) {
    List<RecordedMessage> messages = new ArrayList<>();
    for (int i = 0; i < KEYS; i++) {
      messages.add(message(2 * i + 1, "a-" + i, 5000 - i));
      messages.add(message(2 * i + 2, "a-" + i, 6000 - i));
    }

    assertThat(broken(messages, most)).isZero();
  }

  /** The position of the first message that started after a later one of its key; 0 if none did. */
  private static long broken(List<RecordedMessage> messages, int most) {
    KeyStarts keys = new KeyStarts(most);
    do {
      for (RecordedMessage message : messages) {
        RecordedMessage earlier = keys.brokenBy(message, String.valueOf(message.orderingKey()));
        if (earlier != null) {
          return earlier.position();
        }
      }
    } while (keys.nextPart());
    return 0;
  }

  private static RecordedMessage message(long position, String key, long start) {
    return new RecordedMessage(
        position, "m" + position, key, Status.DELIVERED, 1, null, new Start(1, start), null);
  }
}
