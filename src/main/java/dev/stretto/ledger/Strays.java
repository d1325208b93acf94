package dev.stretto.ledger;

import dev.stretto.outbox.Claims;
import dev.stretto.outbox.Positions;
import dev.stretto.outbox.StrayMessages.Stray;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts in order, as a run takes a channel over, what no run would come upon: rows written by hand,
 * or left by a restore of a part of the tables.
 */
final class Strays {

  private static final Logger LOG = LoggerFactory.getLogger(Strays.class);

  /** Rows of one transaction. */
  private static final int BATCH = 1000;

  private final Tables tables;
  private final String channel;
  private final long fence;
  private final ChannelAlerts alerts;

  Strays(Tables tables, String channel, long fence, ChannelAlerts alerts) {
    this.tables = tables;
    this.channel = channel;
    this.fence = fence;
    this.alerts = alerts;
  }

  /**
   * Those given so far, going on behind what is in the table. Reads a few index entries, all of the
   * channel's rows only where the table is ahead.
   */
  Positions behindAll(Positions given) {
    long highest = tables.strays().highestPosition(channel, given.last());
    if (highest == given.last()) {
      return given;
    }
    LOG.warn(
        "channel {}: outbox_message has position {}, but outbox_channel.last_position is {} only,"
            + " as after a restore of one of them; positions go on from {}",
        channel,
        highest,
        given.last(),
        highest);
    return new Positions(highest, given.highestId(), given.late());
  }

  /**
   * Has rows that say they are claimed, though nothing claims them, dealt with like those that a
   * dead run had claimed: who knows whether they were sent.
   *
   * @param advance comes first in each transaction
   * @param recover deals with them
   * @return how many there were
   */
  int recoverClaimed(Runnable advance, Consumer<Claims> recover) {
    int recovered = 0;
    while (!tables.strays().claimed(channel, 1).each().isEmpty()) {
      recovered +=
          Objects.requireNonNull(
              tables
                  .transaction()
                  .execute(status -> {
                    advance.run();
                    Claims claimed = tables.strays().claimed(channel, BATCH);
                    recover.accept(claimed);
                    return claimed.each().size();
                  }));
    }
    if (recovered > 0) {
      LOG.warn(
          "channel {}: {} messages were in flight that no run had claimed, as after a restore of a"
              + " part of the tables",
          channel,
          recovered);
    }
    return recovered;
  }

  /**
   * Puts back in line what says that it is held, though nothing holds it.
   *
   * @param advance comes first in each transaction
   */
  void putBackUnheld(Runnable advance) {
    long messages = 0;
    List<Long> unheld = tables.strays().unheld(channel, BATCH);
    while (!unheld.isEmpty()) {
      List<Long> ids = unheld;
      tables
          .transaction()
          .executeWithoutResult(status -> {
            advance.run();
            tables.messages().unhold(ids);
          });
      messages += ids.size();
      unheld = tables.strays().unheld(channel, BATCH);
    }
    if (messages > 0) {
      LOG.warn(
          "channel {}: {} messages were held by nothing and are back in line", channel, messages);
    }
  }

  /**
   * Parks what has a place that makes no sense.
   *
   * @param advance comes first in each transaction
   * @return the positions given by then
   */
  Positions park(Positions given, Consumer<Positions> advance) {
    Positions positions = given;
    List<Stray> strays = tables.strays().find(channel);
    while (!strays.isEmpty()) {
      Positions before = positions;
      List<Stray> found = strays;
      for (Stray stray : found) {
        positions = positions.give(stray.id());
      }
      Positions behind = positions;
      tables
          .transaction()
          .executeWithoutResult(status -> {
            advance.accept(behind);
            tables.strays().park(found, before.last(), fence);
            tell(found);
          });
      LOG.warn("channel {}: parked {} rows that make no sense", channel, found.size());
      strays = tables.strays().find(channel);
    }
    return positions;
  }

  private void tell(List<Stray> parked) {
    Map<Long, String> reasons = new HashMap<>();
    parked.forEach(stray -> reasons.put(stray.id(), stray.reason()));
    List<Long> ids = parked.stream().map(Stray::id).toList();
    alerts.parked(parked.size(), ids, message -> reasons.get(message.id()));
  }
}
