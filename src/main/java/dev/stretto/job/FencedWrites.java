package dev.stretto.job;

import dev.stretto.dispatch.DispatchSettings.OnUnknown;
import dev.stretto.dispatch.Flight;
import dev.stretto.lease.Lease;
import dev.stretto.outbox.Delivery;
import dev.stretto.outbox.OutboxChannels;
import dev.stretto.outbox.OutboxChannels.State;
import dev.stretto.outbox.OutboxJournal.Entry;
import dev.stretto.outbox.Settlement;
import dev.stretto.outbox.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Commits what a run does to a channel, unless another run has taken the channel over. On database
 * servers a delivery is durable by its entry in the journal, and the message's row follows on a
 * thread of its own; everything else, and on H2 that too, is in the row at once. Used on the
 * recorder's thread.
 */
final class FencedWrites {

  private final Lease lease;
  private final Outbox outbox;
  private final DiskSync disk;
  private final JournalApplier applier;
  private long entries;

  /** Those in the entry of the commit that is being made. */
  private List<Flight> journaled = new ArrayList<>();

  /**
   * Readies the threads.
   *
   * @param failed is told, on any of them, that the database can't be written
   */
  FencedWrites(Lease lease, Outbox outbox, OnUnknown onUnknown, Consumer<RuntimeException> failed) {
    this.lease = lease;
    this.outbox = outbox;
    this.disk = new DiskSync(outbox, onUnknown, lease.channel(), failed);
    this.applier = new JournalApplier(outbox.journal(), lease.channel(), failed);
  }

  void start() {
    disk.start();
    if (outbox.channels().journals()) {
      applier.start();
    }
  }

  /** Blocks until all that was committed is in the messages' rows and on the disk. */
  void close() {
    applier.close();
    disk.close();
  }

  /**
   * Does work in a transaction.
   *
   * @param state as {@link #advance} takes it
   * @throws FencedOffException where another run has taken the channel over
   */
  <T> T transact(State state, Supplier<T> work) {
    T done =
        Objects.requireNonNull(
            outbox
                .transaction()
                .execute(status -> {
                  advance(state);
                  return work.get();
                }));
    disk.committed();
    return done;
  }

  /**
   * Commits what becomes of messages. Blocks while far too much is in the journal.
   *
   * @param settled those that {@link #settle} is given in the work
   * @param work begins with {@link #advance} or {@link #settle}
   * @param writesMore whether it writes anything else
   * @return of these and earlier ones, those whose rows say by now what became of them, each once
   * @throws FencedOffException where another run has taken the channel over
   */
  List<Flight> commit(List<Flight> settled, Runnable work, boolean writesMore) {
    applier.awaitRoom();
    journaled = new ArrayList<>();
    if (!writesMore
        && outbox.channels().advancesAtOnce(!settled.isEmpty())
        && settled.stream().allMatch(FencedWrites::delivered)) {
      work.run();
    } else {
      outbox.transaction().executeWithoutResult(status -> work.run());
    }
    disk.committed();
    List<Flight> shown = applier.takeApplied();
    if (journaled.isEmpty()) {
      shown.addAll(settled);
    } else {
      applier.written(entries, journaled);
      settled.stream().filter(flight -> !delivered(flight)).forEach(shown::add);
    }
    return shown;
  }

  /**
   * Comes first in a transaction.
   *
   * @param state how far the channel will be once that is committed
   */
  void advance(State state) {
    requireFence(outbox.channels().advance(lease.channel(), lease.fence(), state));
  }

  /** Advances, and records what became of messages. */
  void settle(State state, List<? extends Flight> flights) {
    List<Delivery> deliveries = new ArrayList<>();
    List<Settlement> others = new ArrayList<>();
    for (Flight flight : flights) {
      if (outbox.channels().journals() && delivered(flight)) {
        journaled.add(flight);
        deliveries.add(Delivery.of(settlement(flight)));
      } else {
        others.add(settlement(flight));
      }
    }
    if (deliveries.isEmpty()) {
      advance(state);
    } else {
      Entry entry = new Entry(++entries, deliveries);
      requireFence(outbox.channels().advance(lease.channel(), lease.fence(), state, entry));
    }
    outbox.messages().settle(others, lease.fence());
  }

  /** Records whose claims are given back; they stay in line. Follows {@link #settle}. */
  void release(List<Flight> flights) {
    outbox.messages().settle(flights.stream().map(Flight::givenBack).toList(), lease.fence());
  }

  /** Keeps why the channel stands still, or that it no longer does where that is null. */
  void noteStandstill(State state, OutboxChannels.@Nullable Standing standing) {
    outbox
        .transaction()
        .executeWithoutResult(status -> {
          advance(state);
          if (standing == null) {
            outbox.channels().openGate(lease.channel());
          } else {
            requireFence(outbox.channels().closeGate(lease.channel(), lease.fence(), standing));
          }
        });
  }

  private static void requireFence(boolean advanced) {
    if (!advanced) {
      throw new FencedOffException();
    }
  }

  private static boolean delivered(Flight flight) {
    return settlement(flight).status() == Status.DELIVERED;
  }

  private static Settlement settlement(Flight flight) {
    return Objects.requireNonNull(flight.settlement());
  }

  /** Another run has taken the channel over: nothing was written. */
  static final class FencedOffException extends RuntimeException {}
}
