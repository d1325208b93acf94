package dev.stretto.transport;

import java.util.NavigableSet;
import java.util.concurrent.ConcurrentSkipListSet;

/**
 * First attempts that did not reach the destination and go back in line: one of a later position,
 * chosen before they start again, must not arrive before them. Thread-safe.
 */
public final class ReturnedCalls {

  /** Those that have not started again since. */
  private final NavigableSet<Long> positions = new ConcurrentSkipListSet<>();

  /** The call goes back in line; to be called before that is told. */
  public void add(Call call) {
    if (call.attempt() == 1) {
      positions.add(call.message().position());
    }
  }

  /** Whether the call would overtake one that went back in line; if not, it may start now. */
  public boolean overtakes(Call call) {
    if (positions.isEmpty() || call.attempt() > 1) {
      return false;
    }
    long position = call.message().position();
    if (positions.lower(position) != null) {
      return true;
    }
    positions.remove(position);
    return false;
  }
}
