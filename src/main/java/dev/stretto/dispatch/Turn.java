package dev.stretto.dispatch;

import java.util.List;

/**
 * What one commit makes durable.
 *
 * @param ended whose outcome is settled in it; each has a settlement
 * @param released whose claims are given back in it
 * @param picked what is claimed in it, in start order; together with what is claimed and stays so
 *     at most the window
 */
public record Turn(List<Task> ended, List<Task> released, List<Task> picked) {

  public Turn {
    ended = List.copyOf(ended);
    released = List.copyOf(released);
    picked = List.copyOf(picked);
  }

  /** Whether there is nothing to make durable. */
  public boolean isEmpty() {
    return ended.isEmpty() && released.isEmpty() && picked.isEmpty();
  }
}
