package dev.stretto.append;

/**
 * The message ids that an input has given so far, each with its line and a fingerprint of what it
 * stands for; in 12 MB at the most, after which what came before is forgotten: it knows the last
 * 390,000 ids, or fewer.
 */
final class GivenIds {

  private static final int MOST_SLOTS = 1 << 19;
  private static final long MULTIPLIER = 0x9E3779B97F4A7C15L;

  /** Fingerprints of ids, 0 where a slot is free; those of the other two arrays belong to them. */
  private long[] ids = new long[1 << 10];

  private long[] contents = new long[ids.length];
  private long[] lines = new long[ids.length];
  private int used;

  /**
   * Notes what an id stands for.
   *
   * @return the line on which it stood for something else, or 0
   */
  long otherLine(String id, NewMessage message, long line) {
    long content = fingerprint(message);
    long fingerprint = fingerprint(id, 1) | 1;
    int slot = slot(fingerprint);
    if (ids[slot] == fingerprint) {
      return contents[slot] == content ? 0 : lines[slot];
    }
    if (used >= ids.length / 4 * 3) {
      grow();
      slot = slot(fingerprint);
    }
    put(slot, fingerprint, content, line);
    return 0;
  }

  private int slot(long fingerprint) {
    int slot = (int) ((fingerprint * MULTIPLIER) >>> 40) & (ids.length - 1);
    while (ids[slot] != 0 && ids[slot] != fingerprint) {
      slot = (slot + 1) & (ids.length - 1);
    }
    return slot;
  }

  private void put(int slot, long fingerprint, long content, long line) {
    ids[slot] = fingerprint;
    contents[slot] = content;
    lines[slot] = line;
    used++;
  }

  /** Makes room, by forgetting everything where there is no more to have. */
  private void grow() {
    long[] oldIds = ids;
    long[] oldContents = contents;
    long[] oldLines = lines;
    boolean full = oldIds.length == MOST_SLOTS;
    int slots = full ? MOST_SLOTS : oldIds.length * 2;
    ids = new long[slots];
    contents = new long[slots];
    lines = new long[slots];
    used = 0;
    for (int i = 0; !full && i < oldIds.length; i++) {
      if (oldIds[i] != 0) {
        put(slot(oldIds[i]), oldIds[i], oldContents[i], oldLines[i]);
      }
    }
  }

  private static long fingerprint(NewMessage message) {
    long all = fingerprint(message.payload(), 1);
    all = fingerprint(String.valueOf(message.orderingKey()), all);
    all = fingerprint(message.contentType(), all);
    return fingerprint(String.valueOf(message.headers()), all);
  }

  private static long fingerprint(String text, long seed) {
    long fingerprint = seed;
    for (int i = 0; i < text.length(); i++) {
      fingerprint = (fingerprint + text.charAt(i) + 1) * MULTIPLIER;
      fingerprint ^= fingerprint >>> 29;
    }
    return (fingerprint + text.length()) * MULTIPLIER;
  }
}
