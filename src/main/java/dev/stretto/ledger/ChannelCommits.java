package dev.stretto.ledger;

import dev.stretto.database.SharedCommits;
import dev.stretto.database.Together;
import dev.stretto.outbox.ChannelTable;
import dev.stretto.outbox.ChannelTable.Advance;
import java.util.List;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Commits what the channels of a database have ready, and has their rows say how far they are: of
 * many of them at a time. Thread-safe.
 */
final class ChannelCommits {

  private final SharedCommits shared;
  private final Together<Advance> advances;

  ChannelCommits(TransactionTemplate transaction, ChannelTable channels) {
    this.shared = new SharedCommits(transaction);
    this.advances = new Advances(channels);
  }

  /**
   * Has work done and committed; blocks until it is.
   *
   * @param work may be done more than once, and on any thread
   */
  void commit(Runnable work) {
    shared.commit(work);
  }

  /**
   * Has nothing but a channel's row and its journal written and committed; blocks until it is.
   *
   * @throws ChannelLedger.FencedOffException where a later run has taken over
   */
  void commit(Advance advance) {
    shared.commitOne(advances, advance);
  }

  /**
   * Writes the same in a transaction.
   *
   * @throws ChannelLedger.FencedOffException where a later run has taken over
   */
  void write(Advance advance) {
    advances.run(List.of(advance));
  }

  private record Advances(ChannelTable channels) implements Together<Advance> {

    @Override
    public void run(List<Advance> all) {
      if (!channels.advance(all)) {
        throw new ChannelLedger.FencedOffException();
      }
    }

    @Override
    public boolean isOneStatement() {
      return channels.advancesInOneStatement();
    }
  }
}
