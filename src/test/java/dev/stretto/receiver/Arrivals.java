package dev.stretto.receiver;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What a receiver saw, in arrival order; about 45 to 90 bytes a request whose id is a UUID. */
final class Arrivals {

  private static final int FIRST_CAPACITY = 1024;

  private long[] positions = new long[FIRST_CAPACITY];
  private long[] fences = new long[FIRST_CAPACITY];
  private long[] idHigh = new long[FIRST_CAPACITY];
  private long[] idLow = new long[FIRST_CAPACITY];
  private int[] attempts = new int[FIRST_CAPACITY];
  private int count;

  /** A hash table of the UUIDs seen: where one is in the arrays, plus 1; 0 is a free place. */
  private int[] seen = new int[FIRST_CAPACITY * 2];

  /** The ids that are no UUID, by place. */
  private final Map<Integer, String> otherIds = new HashMap<>();

  private final Set<String> otherSeen = new HashSet<>();
  private long duplicates;
  private long inversions;
  private long highestFirst = Long.MIN_VALUE;

  synchronized void add(long position, String messageId, int attempt, long fence) {
    if (count == positions.length) {
      grow();
    }
    positions[count] = position;
    attempts[count] = attempt;
    fences[count] = fence;
    if (!keepId(messageId)) {
      duplicates++;
    }
    count++;
    if (attempt <= 1) {
      if (position < highestFirst) {
        inversions++;
      }
      highestFirst = Math.max(highestFirst, position);
    }
  }

  /** Returns whether the id is a new one. */
  private boolean keepId(String messageId) {
    UUID id = uuid(messageId);
    if (id == null) {
      otherIds.put(count, messageId);
      return otherSeen.add(messageId);
    }
    idHigh[count] = id.getMostSignificantBits();
    idLow[count] = id.getLeastSignificantBits();
    return note(count);
  }

  /** The text as a UUID, or null where that would not give the same text back. */
  private static @Nullable UUID uuid(String text) {
    try {
      UUID id = UUID.fromString(text);
      return id.toString().equals(text) ? id : null;
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private boolean note(int place) {
    long mixed = (idHigh[place] ^ Long.rotateLeft(idLow[place], 32)) * 0x9E3779B97F4A7C15L;
    int slot = (int) (mixed >>> 32) & (seen.length - 1);
    while (seen[slot] != 0) {
      int other = seen[slot] - 1;
      if (idHigh[other] == idHigh[place] && idLow[other] == idLow[place]) {
        return false;
      }
      slot = (slot + 1) & (seen.length - 1);
    }
    seen[slot] = place + 1;
    return true;
  }

  private void grow() {
    int capacity = positions.length * 2;
    positions = Arrays.copyOf(positions, capacity);
    fences = Arrays.copyOf(fences, capacity);
    idHigh = Arrays.copyOf(idHigh, capacity);
    idLow = Arrays.copyOf(idLow, capacity);
    attempts = Arrays.copyOf(attempts, capacity);
    seen = new int[capacity * 2];
    for (int place = 0; place < count; place++) {
      if (!otherIds.containsKey(place)) {
        note(place);
      }
    }
  }

  synchronized Receiver.Totals totals(int mostInFlight) {
    return new Receiver.Totals(count, count - duplicates, inversions, duplicates, mostInFlight);
  }

  synchronized List<Receiver.Arrival> list() {
    List<Receiver.Arrival> list = new ArrayList<>(count);
    for (int place = 0; place < count; place++) {
      String other = otherIds.get(place);
      String id = other == null ? new UUID(idHigh[place], idLow[place]).toString() : other;
      list.add(new Receiver.Arrival(positions[place], id, attempts[place], fences[place]));
    }
    return list;
  }
}
