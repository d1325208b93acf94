package dev.stretto.dispatch;

import java.util.List;

/** Gives turns to whoever makes them durable, and is told once they are. */
public interface Turns {

  /**
   * Takes a turn. The one before must have been told {@link #committed} by then.
   *
   * @param ended what has ended since the last turn, each with a settlement
   */
  Turn turn(List<Task> ended);

  /** The turn is durable: what was picked may start, and the places of the others are free. */
  void committed(Turn turn);
}
