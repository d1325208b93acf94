package dev.stretto.ledger;

import dev.stretto.dispatch.DispatchSettings;
import dev.stretto.dispatch.Task;
import dev.stretto.dispatch.Turn;
import dev.stretto.lease.Lease;
import dev.stretto.message.Message;
import dev.stretto.message.Settlement;
import dev.stretto.message.Status;
import dev.stretto.outbox.ChannelGates.Standing;
import dev.stretto.outbox.ChannelTable.Advance;
import dev.stretto.outbox.ChannelTable.State;
import dev.stretto.outbox.Delivery;
import dev.stretto.outbox.JournalTable.Entry;
import dev.stretto.outbox.Positions;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.LongFunction;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What all ledgers in a database share: which positions are given, what is claimed, and the
 * statements that say so. Each transaction begins with the channel's row, which holds the fence.
 */
final class FencedRows {

  private final Lease lease;
  private final Tables tables;
  private final ChannelCommits commits;
  private final DispatchSettings settings;
  private final @Nullable KeyLanes lanes;
  private final LongSupplier nanos;
  private final ChannelAlerts alerts;
  private final ClaimedTasks claimed = new ClaimedTasks();
  private Positions positions = new Positions(0, 0, 0);

  /**
   * @param lanes null unless the channel has key order
   * @param nanos a monotonic clock
   */
  FencedRows(
      Lease lease,
      Tables tables,
      ChannelCommits commits,
      DispatchSettings settings,
      @Nullable KeyLanes lanes,
      LongSupplier nanos) {
    this.lease = lease;
    this.tables = tables;
    this.commits = commits;
    this.settings = settings;
    this.lanes = lanes;
    this.nanos = nanos;
    this.alerts = new ChannelAlerts(tables, lease, settings);
  }

  static boolean delivered(Task task) {
    return settlement(task).status() == Status.DELIVERED;
  }

  static Delivery delivery(Task task) {
    return Delivery.of(settlement(task));
  }

  private static Settlement settlement(Task task) {
    return Objects.requireNonNull(task.settlement());
  }

  /** Fences off earlier runs; see {@link ChannelLedger#open}. */
  ChannelLedger.Found takeOver() {
    TakeOver.Left left = new TakeOver(tables, lease, settings, alerts).takeOver();
    positions = left.positions();
    return new ChannelLedger.Found(
        left.resent(),
        left.parked(),
        tables.gates().of(lease.channel()),
        tables.gates().stands(lease.channel()),
        tables.keys().of(lease.channel()));
  }

  /**
   * Has a turn committed, with the claims and positions that are right once it is. Where that
   * fails, the claims are again those from before it.
   *
   * @param commit is given the messages whose rows are to show with it that they are claimed
   */
  List<Task> applying(Turn turn, Function<List<Message>, List<Task>> commit) {
    long now = nanos.getAsLong();
    for (Task task : turn.picked()) {
      if (!task.message().positioned()) {
        positions = positions.give(task.message().id());
        task.place(positions.last());
      }
    }
    claimed.settle(turn.ended());
    claimed.settle(turn.released());
    claimed.claim(turn.picked(), now);
    try {
      return commit.apply(claimed.takeShowable(now));
    } catch (RuntimeException e) {
      claimed.settle(turn.picked());
      claimed.claim(turn.released(), now);
      claimed.claim(turn.ended(), now);
      throw e;
    }
  }

  /** Whether nothing but the channel's row is to be written beside what has ended. */
  boolean onlyAdvances(Turn turn, List<Message> showable) {
    return tables.channels().autoCommits()
        && turn.released().isEmpty()
        && showable.isEmpty()
        && lanes == null;
  }

  boolean advancesInOneStatement(List<Task> delivered) {
    return delivered.isEmpty() || tables.channels().advancesInOneStatement();
  }

  /**
   * Has work done in one transaction, with what other channels have ready; of a channel in key
   * order alone, since what that has in memory changes with it, so that it can't be done again.
   */
  void transact(Runnable work) {
    if (lanes == null) {
      commits.commit(work);
    } else {
      tables.transaction().executeWithoutResult(status -> work.run());
    }
  }

  /**
   * Has the channel's row say how far the channel is, and the journal what was delivered, and
   * nothing else.
   *
   * @param entry what that is; null for nothing
   */
  void advanceOnly(@Nullable Entry entry) {
    commits.commit(howFar(entry));
  }

  /** The same, first in a transaction. */
  void advance(@Nullable Entry entry) {
    commits.write(howFar(entry));
  }

  private Advance howFar(@Nullable Entry entry) {
    State state = new State(positions, claimed.claims());
    return new Advance(lease.channel(), lease.fence(), state, entry);
  }

  /** Advances, and has the rows say what became of messages. */
  void settle(List<Task> tasks) {
    advance(null);
    settleRows(tasks);
  }

  /** Has the rows say what became of messages. */
  void settleRows(List<Task> tasks) {
    tables.messages().settle(tasks.stream().map(FencedRows::settlement).toList(), lease.fence());
  }

  /**
   * Writes what else belongs to a turn: claims given back, lanes, keys, claims to be shown, and
   * what another channel is told.
   */
  void follow(Turn turn, List<Message> showable) {
    tables.messages().settle(turn.released().stream().map(Task::givenBack).toList(), lease.fence());
    if (lanes != null) {
      lanes.settling(turn.ended());
    }
    tables.keys().close(lease.channel(), turn.closed());
    tables.messages().show(showable);
    alerts.settled(turn.ended().stream().map(FencedRows::settlement).toList());
  }

  List<Message> write(List<Message> unpositioned, LongFunction<List<Message>> work) {
    long last = positions.last();
    unpositioned.forEach(message -> positions = positions.give(message.id()));
    return Objects.requireNonNull(
        tables
            .transaction()
            .execute(status -> {
              advance(null);
              return work.apply(last);
            }));
  }

  void note(@Nullable Standing standing) {
    transact(() -> {
      advance(null);
      if (standing == null) {
        tables.gates().open(lease.channel());
        alerts.open();
      } else {
        if (!tables.gates().close(lease.channel(), lease.fence(), standing)) {
          throw new ChannelLedger.FencedOffException();
        }
      }
    });
  }

  long nanosUntilDue() {
    return claimed.nanosUntilShowable(nanos.getAsLong());
  }
}
