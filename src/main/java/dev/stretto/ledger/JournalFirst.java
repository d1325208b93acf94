package dev.stretto.ledger;

import dev.stretto.dispatch.Task;
import dev.stretto.dispatch.Turn;
import dev.stretto.message.Message;
import dev.stretto.outbox.ChannelGates.Standing;
import dev.stretto.outbox.JournalTable.Entry;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The ledger on a database server, whose answer the next start waits for: all deliveries of a turn
 * are one entry in the journal, on PostgreSQL in the statement that claims. The messages' rows
 * follow: {@link JournalApplier}. What did not end as a delivery is in its row with the commit.
 */
final class JournalFirst implements ChannelLedger {

  private final FencedRows rows;
  private final JournalApplier.Follower applier;
  private long entries;

  JournalFirst(FencedRows rows, JournalApplier.Follower applier) {
    this.rows = rows;
    this.applier = applier;
  }

  @Override
  public Found open() {
    return rows.takeOver();
  }

  @Override
  public List<Task> commit(Turn turn) {
    applier.awaitRoom();
    return rows.applying(
        turn,
        showable -> {
          Ended ended = Ended.of(turn.ended());
          if (ended.others().isEmpty()
              && rows.onlyAdvances(turn, showable)
              && rows.advancesInOneStatement(ended.delivered())) {
            rows.advanceOnly(next(ended.delivered()));
          } else {
            rows.transact(() -> {
              settle(ended);
              rows.follow(turn, showable);
            });
          }
          return committed(ended);
        });
  }

  @Override
  public List<Task> rescue(List<Task> tasks) {
    return rows.applying(
        new Turn(tasks, List.of(), List.of()),
        showable -> {
          Ended ended = Ended.of(tasks);
          rows.transact(() -> settle(ended));
          return committed(ended);
        });
  }

  private @Nullable Entry next(List<Task> delivered) {
    return delivered.isEmpty()
        ? null
        : new Entry(entries + 1, delivered.stream().map(FencedRows::delivery).toList());
  }

  private void settle(Ended ended) {
    rows.advance(next(ended.delivered()));
    rows.settleRows(ended.others());
  }

  private List<Task> committed(Ended ended) {
    List<Task> shown = applier.takeApplied();
    shown.addAll(ended.others());
    if (!ended.delivered().isEmpty()) {
      entries++;
      applier.written(entries, ended.delivered());
    }
    return shown;
  }

  /** What has ended, by whether the journal tells of it. */
  private record Ended(List<Task> delivered, List<Task> others) {
    static Ended of(List<Task> tasks) {
      List<Task> delivered = new ArrayList<>();
      List<Task> others = new ArrayList<>();
      tasks.forEach(task -> (FencedRows.delivered(task) ? delivered : others).add(task));
      return new Ended(delivered, others);
    }
  }

  @Override
  public List<Message> write(List<Message> unpositioned, LongFunction<List<Message>> work) {
    return rows.write(unpositioned, work);
  }

  @Override
  public void note(@Nullable Standing standing) {
    rows.note(standing);
  }

  @Override
  public long nanosUntilDue() {
    return rows.nanosUntilDue();
  }

  @Override
  public void close() {
    applier.close();
  }
}
