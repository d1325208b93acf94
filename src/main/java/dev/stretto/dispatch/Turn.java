package dev.stretto.dispatch;

import dev.stretto.message.ClosedKey;
import java.util.List;

/**
 * What one commit makes durable.
 *
 * @param ended whose outcome is settled in it; each has a settlement
 * @param released whose claims are given back in it
 * @param picked what is claimed in it, in start order; together with what is claimed and stays so
 *     at most the window
 * @param closed keys that may not be called before a time, as came to be since the last turn
 */
public record Turn(
    List<Task> ended, List<Task> released, List<Task> picked, List<ClosedKey> closed) {

  public Turn {
    ended = List.copyOf(ended);
    released = List.copyOf(released);
    picked = List.copyOf(picked);
    closed = List.copyOf(closed);
  }

  /** One in which no key is closed. */
  public Turn(List<Task> ended, List<Task> released, List<Task> picked) {
    this(ended, released, picked, List.of());
  }

  /** Whether there is nothing to make durable. */
  public boolean isEmpty() {
    return ended.isEmpty() && released.isEmpty() && picked.isEmpty() && closed.isEmpty();
  }

  /** Gives turns to whoever makes them durable, and is told once they are. */
  public interface Source {

    /**
     * Takes a turn. The one before must have been told {@link #committed} by then.
     *
     * @param ended what has ended since the last turn, each with a settlement
     */
    Turn turn(List<Task> ended);

    /** The turn is durable: what was picked may start, and the places of the others are free. */
    void committed(Turn turn);
  }
}
