package dev.stretto.outbox;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.Objects;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Has {@link CountTable} grow. Needs no lease; several may do so at once, beside a run.
 *
 * <p>INVARIANT (counts): no row comes to have a position later on up to which is counted. What is
 * claimed or in the journal may have a row that does not say its position yet, so counting ends
 * before the first of them. Every other position that was given before is in its row, or in none
 * for ever: a run gives it in the transaction that claims or writes the row, or dies.
 */
public final class Counting {

  private static final Logger LOG = LoggerFactory.getLogger(Counting.class);

  /** Rows that are left for {@code status} to count, rather than to write for so few. */
  private static final long FEW = 10_000;

  /** Positions of one transaction; some tens of milliseconds' work, for which a purge waits. */
  private static final long STEP = 50_000;

  private static final Duration LONG = Duration.ofDays(1);

  private static final String CHANNEL =
      """
      select last_position, claims,
             coalesce((select max(up_to) from outbox_count where channel = ?), 0)
        from outbox_channel
       where channel = ?
      """;

  private static final String JOURNAL =
      "select deliveries from outbox_journal where channel = ? order by channel, entry";

  private final JdbcTemplate jdbc;
  private final CountTable counts;
  private final TransactionTemplate transaction;
  private final long few;
  private final long step;

  public Counting(JdbcTemplate jdbc, TransactionTemplate transaction) {
    this(jdbc, transaction, FEW, STEP);
  }

  Counting(JdbcTemplate jdbc, TransactionTemplate transaction, long few, long step) {
    this.jdbc = jdbc;
    this.counts = new CountTable(jdbc);
    this.transaction = transaction;
    this.few = few;
    this.step = step;
  }

  private record Reach(long last, long firstClaimed, long upTo) {
    static Reach of(ResultSet row) throws SQLException {
      return new Reach(
          row.getLong(1),
          Claims.of(row.getString(2)).each().stream()
              .mapToLong(Claims.Claim::position)
              .min()
              .orElse(Long.MAX_VALUE),
          row.getLong(3));
    }
  }

  /**
   * Counts what was not counted before, where that is much. Reads each row's index entry, once for
   * good; in short transactions, between which a purge gets its turn.
   */
  public void catchUp(String channel) {
    catchUp(channel, LONG);
  }

  /** The same for these channels, as far as the database lets it be kept. */
  public void catchUpIfPossible(Collection<String> channels) {
    try {
      channels.forEach(this::catchUp);
    } catch (DataAccessException | TransactionException e) {
      LOG.debug("What was delivered is counted, but not kept", e);
    }
  }

  /**
   * The same.
   *
   * @param atMost how long it may take, about
   */
  public void catchUp(String channel, Duration atMost) {
    long end = System.nanoTime() + atMost.toNanos();
    for (Reach reach : jdbc.query(CHANNEL, (row, number) -> Reach.of(row), channel, channel)) {
      if (reach.upTo() > reach.last()) {
        // A restore of a part, or somebody's SQL.
        counts.forget(channel);
      } else if (reach.last() - reach.upTo() >= few) {
        grow(channel, resting(channel, reach), end);
      }
    }
  }

  /**
   * Asked behind the claims: what was claimed then is either among those, or here, or in its row.
   */
  private long resting(String channel, Reach reach) {
    long journaled =
        jdbc.query(JOURNAL, (row, number) -> first(row.getString(1)), channel).stream()
            .mapToLong(Long::longValue)
            .min()
            .orElse(Long.MAX_VALUE);
    return Math.min(reach.last(), Math.min(reach.firstClaimed(), journaled) - 1);
  }

  private static long first(String deliveries) {
    return Stream.of(deliveries.split(" ", -1))
        .map(Delivery::parse)
        .mapToLong(Delivery::position)
        .min()
        .orElse(Long.MAX_VALUE);
  }

  private void grow(String channel, long to, long end) {
    if (counts.isMissing(channel)) {
      transaction.executeWithoutResult(status -> counts.create(channel));
    }
    long width = step;
    Grown grown;
    do {
      long most = width;
      grown = Objects.requireNonNull(transaction.execute(status -> growOnce(channel, to, most)));
      // Positions may be sparse, as behind one that somebody's SQL gave.
      width = grown.rows() < width / 2 && width < Long.MAX_VALUE / 2 ? 2 * width : step;
    } while (grown.upTo() < to && System.nanoTime() < end);
  }

  /**
   * What one transaction did.
   *
   * @param upTo where counting goes on
   */
  private record Grown(long rows, long upTo) {}

  private Grown growOnce(String channel, long to, long most) {
    long from = counts.lock(channel);
    if (from >= to) {
      return new Grown(0, from);
    }
    long upTo = from + Math.min(most, to - from);
    return new Grown(counts.grow(channel, from, upTo), upTo);
  }
}
