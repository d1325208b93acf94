package dev.stretto.report;

import dev.stretto.outbox.admin.RecordedMessage;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Compares the first starts of each key's messages, as they come in position order. Remembers a
 * bounded number of keys: where there are more, it looks at a part of them, told by their hash, and
 * needs the messages once more for the next part.
 */
final class KeyStarts {

  private static final long END = 1L << Integer.SIZE;

  private final int mostKeys;
  private final Map<String, RecordedMessage> last = new HashMap<>();

  /** The part of the keys looked at now: hashes from here, up to but not with {@link #end}. */
  private long begin;

  private long end = END;

  /**
   * @param mostKeys how many to remember, 1 or more; 200 bytes and the key's text each
   */
  KeyStarts(int mostKeys) {
    this.mostKeys = mostKeys;
  }

  /**
   * Notes a message.
   *
   * @return the message of its key before it where that one's first start came later, else null
   */
  @Nullable RecordedMessage brokenBy(RecordedMessage message, String key) {
    long hash = hash(key);
    if (hash < begin || hash >= end) {
      return null;
    }
    RecordedMessage before = last.put(key, message);
    if (before != null && !StartOrder.rises(before, message)) {
      return before;
    }
    if (last.size() > mostKeys && end - begin > 1) {
      end = begin + (end - begin) / 2;
      last.keySet().removeIf(other -> hash(other) >= end);
    }
    return null;
  }

  /** Turns to the next part of the keys; false where every key was looked at. */
  boolean nextPart() {
    last.clear();
    begin = end;
    end = END;
    return begin < END;
  }

  /** Spread over all of its range, for keys that differ in their last letters only. */
  private static long hash(String key) {
    return Integer.toUnsignedLong(key.hashCode() * 0x9E3779B9);
  }
}
