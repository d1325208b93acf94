package dev.stretto.ledger;

import dev.stretto.dispatch.Task;
import dev.stretto.dispatch.Turn;
import dev.stretto.message.Message;
import dev.stretto.outbox.ChannelGates.Standing;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The ledger on H2, inside this JVM: a delivery is in its message's row with the commit, for H2
 * writes the row's page either way and there is no answer of a server to wait for. The disk follows
 * on a thread of its own: {@link DiskSync}.
 */
final class RowsAtOnce implements ChannelLedger {

  private final FencedRows rows;
  private final DiskSync sync;
  private final Disk settings;
  private DiskSync.@Nullable Follower disk;

  RowsAtOnce(FencedRows rows, DiskSync sync, Disk settings) {
    this.rows = rows;
    this.sync = sync;
    this.settings = settings;
  }

  /**
   * How the disk follows.
   *
   * @param before whether what is committed is on it before anything starts because of that
   * @param failed is told, on any thread, that it can't be reached
   */
  record Disk(boolean before, Consumer<RuntimeException> failed) {}

  @Override
  public Found open() {
    disk = sync.follow(settings.failed());
    Found found = rows.takeOver();
    disk.committedAndSynced();
    return found;
  }

  @Override
  public List<Task> commit(Turn turn) {
    return rows.applying(
        turn,
        showable -> {
          if (turn.ended().isEmpty() && rows.onlyAdvances(turn, showable)) {
            rows.advanceOnly(null);
          } else {
            rows.transact(() -> {
              rows.settle(turn.ended());
              rows.follow(turn, showable);
            });
          }
          committed();
          return turn.ended();
        });
  }

  /** Blocks for the disk only where a start must not go before it. */
  private void committed() {
    DiskSync.Follower opened = Objects.requireNonNull(disk);
    if (settings.before()) {
      opened.committedAndSynced();
    } else {
      opened.committed();
    }
  }

  @Override
  public List<Task> rescue(List<Task> ended) {
    return rows.applying(
        new Turn(ended, List.of(), List.of()),
        showable -> {
          rows.transact(() -> rows.settle(ended));
          committed();
          return ended;
        });
  }

  @Override
  public List<Message> write(List<Message> unpositioned, LongFunction<List<Message>> work) {
    List<Message> written = rows.write(unpositioned, work);
    committed();
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
    if (disk != null) {
      disk.close();
    }
  }
}
