package dev.stretto.ledger;

import dev.stretto.dispatch.Task;
import dev.stretto.dispatch.Turn;
import dev.stretto.message.Message;
import dev.stretto.outbox.ChannelTable.Standing;
import java.util.List;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The ledger on H2, inside this JVM: a delivery is in its message's row with the commit, for H2
 * writes the row's page either way and there is no answer of a server to wait for. The disk follows
 * on a thread of its own.
 */
final class RowsAtOnce implements ChannelLedger {

  private final FencedRows rows;
  private final DiskSync disk;

  RowsAtOnce(FencedRows rows, DiskSync disk) {
    this.rows = rows;
    this.disk = disk;
  }

  @Override
  public Found open() {
    Found found = rows.takeOver();
    rows.makeDurable();
    disk.start();
    return found;
  }

  @Override
  public List<Task> commit(Turn turn) {
    return rows.applying(
        turn,
        showable -> {
          if (turn.ended().isEmpty() && rows.onlyAdvances(turn, showable)) {
            rows.advance();
          } else {
            rows.transact(() -> {
              rows.settle(turn.ended());
              rows.follow(turn, showable);
            });
          }
          disk.committed();
          return turn.ended();
        });
  }

  @Override
  public List<Task> rescue(List<Task> ended) {
    return rows.applying(
        new Turn(ended, List.of(), List.of()),
        showable -> {
          rows.transact(() -> rows.settle(ended));
          disk.committed();
          return ended;
        });
  }

  @Override
  public List<Message> write(List<Message> unpositioned, LongFunction<List<Message>> work) {
    List<Message> written = rows.write(unpositioned, work);
    disk.committed();
    return written;
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
    disk.close();
  }
}
