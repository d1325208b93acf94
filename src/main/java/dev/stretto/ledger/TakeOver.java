package dev.stretto.ledger;

import dev.stretto.dispatch.DispatchSettings;
import dev.stretto.dispatch.DispatchSettings.OnExhausted;
import dev.stretto.dispatch.DispatchSettings.OnUnknown;
import dev.stretto.dispatch.DispatchSettings.Ordering;
import dev.stretto.lease.Lease;
import dev.stretto.message.Message;
import dev.stretto.outbox.ChannelTable.Advance;
import dev.stretto.outbox.ChannelTable.State;
import dev.stretto.outbox.Claims;
import dev.stretto.outbox.Positions;
import dev.stretto.outbox.RunTable;
import java.util.List;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a run does before anything else: fences off earlier runs, and puts in order what they left.
 */
final class TakeOver {

  private static final Logger LOG = LoggerFactory.getLogger(TakeOver.class);

  /** Messages put back in one transaction; enough that the transaction's own cost is nothing. */
  private static final int BATCH = 1000;

  /** Of the journal, in one transaction. */
  private static final int ENTRIES = 100;

  private final Tables tables;
  private final Lease lease;
  private final DispatchSettings settings;
  private final ChannelAlerts alerts;
  private final Strays strays;

  TakeOver(Tables tables, Lease lease, DispatchSettings settings, ChannelAlerts alerts) {
    this.tables = tables;
    this.lease = lease;
    this.settings = settings;
    this.alerts = alerts;
    this.strays = new Strays(tables, lease.channel(), lease.fence(), alerts);
  }

  /**
   * What was found.
   *
   * @param positions those given in the channel
   * @param resent how many messages go back in line that an earlier run may have sent
   * @param parked how many were parked: such ones where they may not be sent twice, and rows that
   *     make no sense
   */
  record Left(Positions positions, int resent, long parked) {}

  /**
   * Takes the channel over. What an earlier run had claimed was perhaps sent: it goes back to the
   * head of the line, or is parked. Where the channel had key order before and has it no more, what
   * was held behind its key goes back in line, blocked or not; that takes a moment a thousand.
   *
   * @throws IllegalStateException where a later run has taken over
   */
  Left takeOver() {
    Left found = Objects.requireNonNull(tables.transaction().execute(status -> fenceAndRecover()));
    applyJournal();
    Left all = withStrays(found);
    if (settings.ordering() != Ordering.KEY
        && !tables.lanes().anyIn(List.of(lease.channel())).isEmpty()) {
      putBackLanes(all.positions());
    }
    strays.putBackUnheld(() -> advance(all.positions()));
    return all;
  }

  private Left withStrays(Left found) {
    Positions given = found.positions();
    int claimed = strays.recoverClaimed(() -> advance(given), this::recover);
    boolean resend = settings.onUnknown() == OnUnknown.RESEND;
    Positions positions = strays.park(given, this::advance);
    return new Left(
        positions,
        found.resent() + (resend ? claimed : 0),
        found.parked() + (resend ? 0 : claimed) + positions.last() - given.last());
  }

  private Left fenceAndRecover() {
    String channel = lease.channel();
    if (!tables.channels().fence(channel, lease.fence())) {
      throw fencedOff();
    }
    tables
        .runs()
        .note(
            new RunTable.Noted(
                channel,
                lease.fence(),
                Objects.requireNonNull(lease.run()),
                settings.ordering().name()));
    State left = tables.channels().state(channel);
    int recovered = recover(left.claims());
    Positions positions = strays.behindAll(left.positions());
    advance(positions);
    boolean resend = settings.onUnknown() == OnUnknown.RESEND;
    return new Left(positions, resend ? recovered : 0, resend ? 0 : recovered);
  }

  /** Counts what it changed. */
  private int recover(Claims claims) {
    return settings.onUnknown() == OnUnknown.RESEND
        ? tables.messages().resend(claims)
        : quarantine(claims);
  }

  /** What an earlier run delivered; being fenced off, it adds nothing more. */
  private void applyJournal() {
    int entries;
    do {
      entries = tables.journal().apply(lease.channel(), 0, ENTRIES);
    } while (entries > 0);
  }

  private int quarantine(Claims claims) {
    int parked = tables.messages().quarantine(claims);
    List<Long> ids = claims.each().stream().map(Claims.Claim::id).toList();
    alerts.parked(parked, ids, message -> "outcome unknown");
    if (settings.onExhausted() == OnExhausted.BLOCK_KEY) {
      for (Message message : tables.messages().byIds(ids)) {
        if (message.orderingKey() != null) {
          tables.lanes().block(message);
        }
      }
    }
    return parked;
  }

  /** Comes first in a transaction, or behind the fence; nothing is claimed by this run yet. */
  private void advance(Positions positions) {
    State state = new State(positions, Claims.NONE);
    if (!tables.channels().advance(new Advance(lease.channel(), lease.fence(), state, null))) {
      throw fencedOff();
    }
  }

  private void putBackLanes(Positions positions) {
    String channel = lease.channel();
    long messages = 0;
    int batch;
    do {
      batch =
          Objects.requireNonNull(tables.transaction().execute(status -> putBackSome(positions)));
      messages += batch;
    } while (batch > 0);
    LOG.info(
        "channel {}: no longer in key order; {} messages that were held are back in line",
        channel,
        messages);
  }

  private int putBackSome(Positions positions) {
    String channel = lease.channel();
    advance(positions);
    List<Long> ids = tables.held().releaseAny(channel, BATCH);
    if (ids.isEmpty()) {
      tables.lanes().clear(channel);
    } else {
      tables.messages().unhold(ids);
    }
    return ids.size();
  }

  private IllegalStateException fencedOff() {
    return new IllegalStateException("channel " + lease.channel() + ": a later run has taken over");
  }
}
