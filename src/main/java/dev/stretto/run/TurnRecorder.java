package dev.stretto.run;

import dev.stretto.dispatch.Task;
import dev.stretto.dispatch.Turn;
import dev.stretto.ledger.ChannelLedger;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The loop's body of whoever records a channel: a turn is taken, committed, and told back. Not
 * thread-safe: used on one thread.
 */
public final class TurnRecorder {

  private final Turn.Source turns;
  private final ChannelLedger ledger;
  private final Consumer<List<Task>> shown;

  /** The turn that could not be committed; null while all were. */
  private @Nullable Turn failed;

  private boolean rescuing;

  private final AtomicLong recorded = new AtomicLong();

  /**
   * @param shown told of messages whose rows say by now what became of them
   */
  public TurnRecorder(Turn.Source turns, ChannelLedger ledger, Consumer<List<Task>> shown) {
    this.turns = turns;
    this.ledger = ledger;
    this.shown = shown;
  }

  /**
   * Records a turn. Blocks until it is durable.
   *
   * <p>INVARIANT (bounded duplicates): a message starts only after the transaction that claims it
   * is committed, and at every commit the claimed and unsettled messages are at most the window,
   * for what is picked beyond it takes the places of those settled or given back in the same
   * transaction.
   *
   * @param ended what has ended since the last turn
   * @return whether there was anything to record
   */
  public boolean record(List<Task> ended) {
    if (rescuing) {
      return rescue(ended);
    }
    Turn turn = turns.turn(ended);
    if (turn.isEmpty() && ledger.nanosUntilDue() > 0) {
      return false;
    }
    try {
      committed(turn, ledger.commit(turn));
    } catch (RuntimeException e) {
      failed = turn;
      throw e;
    }
    return true;
  }

  /** How many messages' ends were recorded so far. Thread-safe. */
  long recorded() {
    return recorded.get();
  }

  /**
   * From now on only what has ended is recorded, and nothing that another message's key waits for;
   * that of the turn that failed first. Called once, with the dispatcher stopped.
   */
  void rescue() {
    rescuing = true;
    Turn turn = failed;
    if (turn != null) {
      turns.committed(new Turn(List.of(), turn.released(), turn.picked()));
      rescue(turn.ended());
    }
  }

  /** What blocks its key stays claimed, for the next run to send again. */
  private boolean rescue(List<Task> ended) {
    List<Task> rescued =
        ended.stream()
            .filter(task -> !Objects.requireNonNull(task.settlement()).blocksKey())
            .toList();
    if (!rescued.isEmpty()) {
      committed(new Turn(rescued, List.of(), List.of()), ledger.rescue(rescued));
    }
    return !rescued.isEmpty();
  }

  private void committed(Turn turn, List<Task> inRows) {
    recorded.addAndGet(turn.ended().size());
    shown.accept(inRows);
    turns.committed(turn);
  }
}
