package dev.stretto.ledger;

import dev.stretto.dispatch.DispatchSettings;
import dev.stretto.dispatch.Flight;
import dev.stretto.dispatch.Turn;
import dev.stretto.lease.Lease;
import dev.stretto.outbox.Delivery;
import dev.stretto.outbox.Message;
import dev.stretto.outbox.OutboxChannels.Standing;
import dev.stretto.outbox.OutboxChannels.State;
import dev.stretto.outbox.OutboxJournal.Entry;
import dev.stretto.outbox.Positions;
import dev.stretto.outbox.Settlement;
import dev.stretto.outbox.Status;
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
  private final DispatchSettings settings;
  private final @Nullable KeyLanes lanes;
  private final LongSupplier nanos;
  private final ClaimedFlights claimed = new ClaimedFlights();
  private Positions positions = new Positions(0, 0, 0);

  /**
   * @param lanes null unless the channel has key order
   * @param nanos a monotonic clock
   */
  FencedRows(
      Lease lease,
      Tables tables,
      DispatchSettings settings,
      @Nullable KeyLanes lanes,
      LongSupplier nanos) {
    this.lease = lease;
    this.tables = tables;
    this.settings = settings;
    this.lanes = lanes;
    this.nanos = nanos;
  }

  static boolean delivered(Flight flight) {
    return settlement(flight).status() == Status.DELIVERED;
  }

  static Delivery delivery(Flight flight) {
    return Delivery.of(settlement(flight));
  }

  private static Settlement settlement(Flight flight) {
    return Objects.requireNonNull(flight.settlement());
  }

  /** Fences off earlier runs; see {@link ChannelLedger#open}. */
  ChannelLedger.Found takeOver() {
    TakeOver.Left left = new TakeOver(tables, lease, settings).takeOver();
    positions = left.positions();
    return new ChannelLedger.Found(
        left.resent(),
        left.parked(),
        tables.channels().gate(lease.channel()),
        tables.channels().stands(lease.channel()));
  }

  void makeDurable() {
    tables.makeDurable();
  }

  /**
   * Has a turn committed, with the claims and positions that are right once it is. Where that
   * fails, the claims are again those from before it.
   *
   * @param commit is given the messages whose rows are to show with it that they are claimed
   */
  List<Flight> applying(Turn turn, Function<List<Message>, List<Flight>> commit) {
    long now = nanos.getAsLong();
    for (Flight flight : turn.picked()) {
      if (!flight.message().positioned()) {
        positions = positions.give(flight.message().id());
        flight.place(positions.last());
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

  boolean journalsInOneStatement(List<Flight> delivered) {
    return delivered.isEmpty() || tables.channels().journalsInOneStatement();
  }

  void transact(Runnable work) {
    tables.transaction().executeWithoutResult(status -> work.run());
  }

  /** Comes first in a transaction, or is one. */
  void advance() {
    requireFence(tables.channels().advance(lease.channel(), lease.fence(), state()));
  }

  /** The same, with deliveries. */
  void advance(Entry entry) {
    requireFence(tables.channels().advance(lease.channel(), lease.fence(), state(), entry));
  }

  private State state() {
    return new State(positions, claimed.claims());
  }

  /** Advances, and has the rows say what became of messages. */
  void settle(List<Flight> flights) {
    advance();
    settleRows(flights);
  }

  /** Has the rows say what became of messages. */
  void settleRows(List<Flight> flights) {
    tables.messages().settle(flights.stream().map(FencedRows::settlement).toList(), lease.fence());
  }

  /** Writes what else belongs to a turn: claims given back, lanes, claims to be shown. */
  void follow(Turn turn, List<Message> showable) {
    tables
        .messages()
        .settle(turn.released().stream().map(Flight::givenBack).toList(), lease.fence());
    if (lanes != null) {
      lanes.settling(turn.ended());
    }
    tables.messages().show(showable);
  }

  List<Message> write(List<Message> unpositioned, LongFunction<List<Message>> work) {
    long last = positions.last();
    unpositioned.forEach(message -> positions = positions.give(message.id()));
    return Objects.requireNonNull(
        tables
            .transaction()
            .execute(status -> {
              advance();
              return work.apply(last);
            }));
  }

  void note(@Nullable Standing standing) {
    transact(() -> {
      advance();
      if (standing == null) {
        tables.channels().openGate(lease.channel());
      } else {
        requireFence(tables.channels().closeGate(lease.channel(), lease.fence(), standing));
      }
    });
  }

  long nanosUntilDue() {
    return claimed.nanosUntilShowable(nanos.getAsLong());
  }

  private static void requireFence(boolean advanced) {
    if (!advanced) {
      throw new ChannelLedger.FencedOffException();
    }
  }
}
