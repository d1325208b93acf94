package dev.stretto.ledger;

import dev.stretto.database.Durability;
import dev.stretto.database.Vendor;
import dev.stretto.dispatch.DispatchSettings;
import dev.stretto.dispatch.DispatchSettings.OnUnknown;
import dev.stretto.dispatch.DispatchSettings.Ordering;
import dev.stretto.dispatch.Dispatcher;
import dev.stretto.lease.Lease;
import dev.stretto.message.ClosedKey;
import dev.stretto.outbox.ChannelGates.Gate;
import dev.stretto.outbox.ChannelGates.Standing;
import dev.stretto.outbox.LaneTable;
import dev.stretto.outbox.MessageTable;
import dev.stretto.outbox.SettledMessages;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The ledgers of a database's channels, each of the kind that suits the database; and what is to be
 * known of a channel before a run of it begins. Thread-safe.
 */
public final class Ledgers {

  private final Tables tables;
  private final SettledMessages settled;
  private final Vendor vendor;
  private final ChannelCommits commits;
  private final DiskSync disk;
  private final JournalApplier applier;
  private final LongSupplier nanos;

  /**
   * @param nanos a monotonic clock
   */
  public Ledgers(
      JdbcTemplate jdbc,
      TransactionTemplate transaction,
      Durability durability,
      LongSupplier nanos) {
    this.tables = Tables.of(jdbc, transaction, durability);
    this.settled = new SettledMessages(jdbc, transaction);
    this.vendor = Vendor.of(jdbc);
    this.commits = new ChannelCommits(transaction, tables.channels());
    this.disk = new DiskSync(tables);
    this.applier = new JournalApplier(tables.journal());
    this.nanos = nanos;
  }

  /**
   * The ledger of a channel, to be opened.
   *
   * @param lanes of the channel where it has key order, else null
   * @param failed is told, on any thread of the ledger's, that the database can't be written
   */
  public ChannelLedger of(
      Lease lease,
      DispatchSettings settings,
      @Nullable KeyLanes lanes,
      Consumer<RuntimeException> failed) {
    FencedRows rows = new FencedRows(lease, tables, commits, settings, lanes, nanos);
    return switch (vendor) {
      case H2 ->
          new RowsAtOnce(
              rows,
              disk,
              new RowsAtOnce.Disk(settings.onUnknown() == OnUnknown.QUARANTINE, failed));
      case POSTGRESQL, MARIADB -> new JournalFirst(rows, applier.follow(lease.channel(), failed));
    };
  }

  /** What is in memory and on disk of the keys of a channel in key order. */
  public KeyLanes lanes(String channel, Dispatcher dispatcher, int depth) {
    return new KeyLanes(channel, tables, dispatcher, depth);
  }

  /** Reads what waits. */
  public MessageTable messages() {
    return tables.messages();
  }

  /**
   * Whether a run would find anything to do. Messages behind blocked keys are nothing to do in key
   * order, and are put back in line in any other.
   */
  public boolean anyWaiting(String channel, Ordering ordering) {
    return !waiting(List.of(channel), ordering).isEmpty();
  }

  /** In which of these channels it would. */
  public Set<String> waiting(Collection<String> channels, Ordering ordering) {
    return waiting(tables.messages(), tables.lanes(), channels, ordering);
  }

  /** The same, for whoever has these two tables only. */
  public static Set<String> waiting(
      MessageTable messages, LaneTable lanes, Collection<String> channels, Ordering ordering) {
    Set<String> waiting = messages.waiting(channels);
    Set<String> others = new HashSet<>(channels);
    others.removeAll(waiting);
    waiting.addAll(
        switch (ordering) {
          case KEY -> lanes.anyUnblockedIn(others);
          case START, STRICT -> lanes.anyIn(others);
        });
    return waiting;
  }

  /**
   * How many messages wait to be sent, or were claimed and not settled; reads as many index
   * entries.
   */
  public long unsettled(String channel) {
    return tables.messages().unsettled(channel);
  }

  /**
   * Until when the destination asked to be left alone, though it may be over; null if it never
   * asked.
   */
  public @Nullable Gate gate(String channel) {
    return tables.gates().of(channel);
  }

  /** Keeps why a channel stands still once its run has ended, unless another run has taken over. */
  public void keep(Lease lease, Standing standing) {
    tables
        .transaction()
        .execute(status -> tables.gates().close(lease.channel(), lease.fence(), standing));
  }

  /**
   * Tells another channel that nothing is delivered, where the settings name one, that has lasted
   * long enough, and nobody was told. What can't be stored is tried again at the next call.
   *
   * @return how long until it is time for that, in nanoseconds; {@code Long.MAX_VALUE} where there
   *     is nothing to tell
   */
  public long tellStanding(Lease lease, DispatchSettings settings, Instant now) {
    return new ChannelAlerts(tables, lease, settings).standing(now);
  }

  /**
   * Keeps which keys a run that follows must not call yet, unless it has taken over already.
   *
   * @param now forgets those whose time has passed by then
   */
  public void keep(Lease lease, List<ClosedKey> closed, Instant now) {
    tables
        .transaction()
        .executeWithoutResult(status -> {
          if (tables.channels().lock(lease.channel(), lease.fence())) {
            tables.keys().forgetPassed(lease.channel(), now);
            tables.keys().close(lease.channel(), closed);
          }
        });
  }

  /**
   * Removes the oldest delivered and discarded messages.
   *
   * @param olderThan how long ago they were settled at the least
   * @param most how many to remove at the most, 1 or more
   * @return how many were removed
   */
  public long purge(String channel, Duration olderThan, long most) {
    return settled.purgeOldest(channel, olderThan, most);
  }
}
