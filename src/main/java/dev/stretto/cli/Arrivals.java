package dev.stretto.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * What a receiver saw, in arrival order; 36 bytes a request, and as many again to tell its id
 * apart.
 */
final class Arrivals {

  private static final int FIRST_CAPACITY = 1024;

  private long[] positions = new long[FIRST_CAPACITY];
  private long[] fences = new long[FIRST_CAPACITY];
  private long[] idHigh = new long[FIRST_CAPACITY];
  private long[] idLow = new long[FIRST_CAPACITY];
  private int[] attempts = new int[FIRST_CAPACITY];
  private int count;

  /** The ids that are no UUID, by index. */
  private final Map<Integer, String> otherIds = new HashMap<>();

  private final Set<Object> seen = new HashSet<>();
  private long inversions;
  private long highestFirst = Long.MIN_VALUE;

  synchronized void add(long position, String messageId, int attempt, long fence) {
    if (count == positions.length) {
      grow();
    }
    positions[count] = position;
    attempts[count] = attempt;
    fences[count] = fence;
    seen.add(keepId(messageId));
    count++;
    if (attempt <= 1) {
      if (position < highestFirst) {
        inversions++;
      }
      highestFirst = Math.max(highestFirst, position);
    }
  }

  private Object keepId(String messageId) {
    if (messageId.length() == 36) {
      try {
        UUID id = UUID.fromString(messageId);
        if (id.toString().equals(messageId)) {
          idHigh[count] = id.getMostSignificantBits();
          idLow[count] = id.getLeastSignificantBits();
          return id;
        }
      } catch (IllegalArgumentException _) {
        // An id of the producer's own: kept as text.
      }
    }
    otherIds.put(count, messageId);
    return messageId;
  }

  private void grow() {
    int capacity = positions.length * 2;
    positions = Arrays.copyOf(positions, capacity);
    fences = Arrays.copyOf(fences, capacity);
    idHigh = Arrays.copyOf(idHigh, capacity);
    idLow = Arrays.copyOf(idLow, capacity);
    attempts = Arrays.copyOf(attempts, capacity);
  }

  synchronized Receiver.Totals totals(int mostInFlight) {
    return new Receiver.Totals(count, seen.size(), inversions, count - seen.size(), mostInFlight);
  }

  synchronized List<Receiver.Arrival> list() {
    List<Receiver.Arrival> list = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      String other = otherIds.get(i);
      String id = other == null ? new UUID(idHigh[i], idLow[i]).toString() : other;
      list.add(new Receiver.Arrival(positions[i], id, attempts[i], fences[i]));
    }
    return list;
  }
}
