package dev.stretto.lease;

import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.slf4j.spi.LoggingEventBuilder;
import org.springframework.core.NestedExceptionUtils;

/**
 * The leases that this process holds, renewed on a thread and a connection of their own, so that no
 * work can starve them. Nor can a thousand channels that wait here for theirs: once it is time,
 * whoever comes next renews before anything else.
 */
public final class Leases implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Leases.class);

  /** Renewals in a lease's time: four may fail before the lease runs out. */
  private static final int RENEWALS = 5;

  /** How soon word for a run to stop is seen, at the latest. */
  private static final Duration LOOK = Duration.ofMillis(500);

  private final LeaseConnection connection;
  private final Duration duration;
  private final String owner;
  private final LongSupplier nanos;
  private final boolean lent;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final List<Lease> held = new ArrayList<>();
  private final AtomicLong renewals = new AtomicLong();
  private final AtomicLong failures = new AtomicLong();

  private @Nullable Thread renewer;

  /** When all that are held are to be renewed. */
  private long renewAt;

  private boolean closed;

  /**
   * @param database opens a connection that nothing else uses; not a pool that others can empty
   * @param duration how long a lease lasts without renewal: 1 second or more
   * @param owner names this process to people, such as {@code host/pid}; at most 200 characters
   * @param nanos a clock that never jumps, in nanoseconds
   */
  public Leases(DataSource database, Duration duration, String owner, LongSupplier nanos) {
    this(database, duration, owner, nanos, false);
  }

  /**
   * The same where others may be waiting for the connection.
   *
   * @param lent whether to give it back once no lease is held
   */
  public Leases(
      DataSource database, Duration duration, String owner, LongSupplier nanos, boolean lent) {
    this.connection = new LeaseConnection(database, duration, nanos);
    this.duration = duration;
    this.owner = owner;
    this.nanos = nanos;
    this.lent = lent;
  }

  /**
   * Takes the channel's lease. Where it is held, blocks until its holder renews it, which shows
   * that the holder lives, or until it expires, which shows that the holder died: at most twice
   * this side's lease time, however long a lease the holder has.
   *
   * @throws ChannelPausedException where a person has paused the channel, whoever holds it
   * @throws ChannelHeldException where a living run holds it, or one that may yet live
   * @throws SQLException where the database fails
   */
  public Lease acquire(String channel) throws ChannelHeldException, SQLException {
    Instant firstSeen = null;
    long patience = nanos.getAsLong() + 2 * duration.toNanos();
    while (true) {
      lock.lock();
      try {
        renewIfDue();
        LeaseTable table = table();
        long before = nanos.getAsLong();
        LeaseTable.Row row = table.read(channel);
        Pause pause = row.pause();
        if (pause != null) {
          throw new ChannelPausedException(pause);
        }
        if (row.held()) {
          Instant expiresAt = row.expiresAt();
          boolean renewed = firstSeen != null && !firstSeen.equals(expiresAt);
          if (expiresAt == null || renewed || before > patience) {
            throw new ChannelHeldException(
                channel, String.valueOf(row.owner()), String.valueOf(expiresAt));
          }
          firstSeen = expiresAt;
          Duration left = Duration.between(row.now(), expiresAt);
          waitFor(Math.min(left.toNanos() + 1_000_000, duration.toNanos() / (4 * RENEWALS)));
        } else if (table.take(channel, row, owner, duration)) {
          if (row.abandoned()) {
            LOG.info("channel {}: took over from {}, which died", channel, row.owner());
          }
          if (row.nextFence() > row.fence() + 1) {
            LOG.warn(
                "channel {}: channel_lease is behind the other tables, as after a restore of it"
                    + " alone; fences go on from {}",
                channel,
                row.nextFence());
          }
          Lease lease =
              new Lease(channel, row.nextFence(), row.run(), nanos, before + duration.toNanos());
          if (held.isEmpty()) {
            renewAt = before + interval();
          }
          held.add(lease);
          startRenewing();
          changed.signalAll();
          return lease;
        }
      } finally {
        lock.unlock();
      }
    }
  }

  /**
   * Notes the job execution that works under a lease, for those who find it abandoned.
   *
   * @throws SQLException where the database fails
   */
  public void noteRun(Lease lease, long run) throws SQLException {
    lock.lock();
    try {
      renewIfDue();
      table().noteRun(lease.channel(), lease.fence(), owner, run);
      lease.noted(run);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Notes which job executions on a lease's channel are running, as it seems, and never held it.
   *
   * @param newest the number of the last of them, or null where there are none
   * @return up to which number such an execution has been seen for so long, by the database's
   *     clock, that its process must have died: an hour, or four leases where that is longer; 0
   *     where there is none
   * @throws SQLException where the database fails
   */
  public long deadUpTo(Lease lease, @Nullable Long newest) throws SQLException {
    lock.lock();
    try {
      renewIfDue();
      return new UnheldRuns(connection.open(), owner, duration).deadUpTo(row(lease), newest);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Asks a run, in whatever process it is, to start nothing more and end; returns at once. It sees
   * that within half a second.
   *
   * @return false where the run does not hold the channel, and so nothing was asked
   * @throws SQLException where the database fails
   */
  public boolean askToStop(String channel, long run) throws SQLException {
    lock.lock();
    try {
      return table().askToStop(channel, run);
    } finally {
      lock.unlock();
    }
  }

  /**
   * The channels that are held now, each with the job execution noted under its lease: that of an
   * earlier holder until the present one has noted its own; 0 if there was none.
   *
   * @throws SQLException where the database fails
   */
  public Map<String, Long> holders() throws SQLException {
    lock.lock();
    try {
      Map<String, Long> runs = new HashMap<>();
      table()
          .holders()
          .forEach((channel, row) -> runs.put(channel, Objects.requireNonNullElse(row.run(), 0L)));
      return runs;
    } finally {
      lock.unlock();
    }
  }

  /** How often leases were renewed so far; all that are held at once count as one. */
  public long renewals() {
    return renewals.get();
  }

  /** How often renewing them failed so far, or one was found to be lost. */
  public long failures() {
    return failures.get();
  }

  /**
   * Gives a lease back, so that the next run need not wait; where that fails the lease expires by
   * itself.
   */
  public void release(Lease lease) {
    lock.lock();
    try {
      renewIfDue();
      if (held.remove(lease)) {
        table().release(lease.channel(), lease.fence(), owner);
      }
    } catch (SQLException e) {
      LOG.warn(
          "channel {}: the lease could not be given back and will expire by itself: {}",
          lease.channel(),
          why(e));
    } finally {
      if (lent && held.isEmpty()) {
        connection.drop();
      }
      lock.unlock();
    }
  }

  /** Releases what is still held and ends the renewing thread. */
  @Override
  public void close() {
    lock.lock();
    try {
      List.copyOf(held).forEach(this::release);
      closed = true;
      changed.signalAll();
      connection.drop();
    } finally {
      lock.unlock();
    }
  }

  private void startRenewing() {
    if (renewer == null) {
      renewer = Thread.ofPlatform().name("lease").daemon().start(this::renewUntilClosed);
    }
  }

  private void renewUntilClosed() {
    lock.lock();
    try {
      while (!closed) {
        if (held.isEmpty()) {
          changed.awaitUninterruptibly();
        } else {
          waitFor(Math.min(LOOK.toNanos(), renewAt - nanos.getAsLong()));
          renewIfDue();
          lookForWords();
        }
      }
    } finally {
      lock.unlock();
    }
  }

  private long interval() {
    return duration.toNanos() / RENEWALS;
  }

  private void renewIfDue() {
    if (!held.isEmpty() && nanos.getAsLong() - renewAt >= 0) {
      renewAt = nanos.getAsLong() + interval();
      renew();
    }
  }

  /** All in one statement, so that a thousand are renewed in time. */
  private void renew() {
    held.removeIf(Lease::lost);
    List<Lease> living = List.copyOf(held);
    if (living.isEmpty()) {
      return;
    }
    long before = nanos.getAsLong();
    try {
      List<Boolean> renewed =
          table().renew(living.stream().map(Leases::row).toList(), owner, duration);
      renewals.incrementAndGet();
      for (int i = 0; i < living.size(); i++) {
        Lease lease = living.get(i);
        if (renewed.get(i)) {
          lease.renewed(before + duration.toNanos());
        } else {
          of(lease, Level.WARN).log("channel {}: another run has taken the lease", lease.channel());
          failures.incrementAndGet();
          lose(lease);
        }
      }
    } catch (SQLException e) {
      connection.drop();
      failures.incrementAndGet();
      notRenewed(living, e);
    }
  }

  private void notRenewed(List<Lease> leases, SQLException failure) {
    Lease first = leases.getFirst();
    (leases.size() == 1 ? of(first, Level.WARN) : LOG.atWarn())
        .log(
            "channel {}: the lease could not be renewed: {}",
            first.channel() + (leases.size() == 1 ? "" : " and " + (leases.size() - 1) + " others"),
            why(failure));
    for (Lease lease : leases) {
      lease.notRenewed(failure);
      if (!lease.live()) {
        lose(lease);
      }
    }
  }

  /** What is logged on the thread of all leases says by itself whose it is. */
  private static LoggingEventBuilder of(Lease lease, Level level) {
    LoggingEventBuilder line = LOG.atLevel(level).addKeyValue("channel", lease.channel());
    return lease.run() == null ? line : line.addKeyValue("run", lease.run());
  }

  private void lose(Lease lease) {
    held.remove(lease);
    lease.lose();
  }

  private static LeaseTable.Held row(Lease lease) {
    return new LeaseTable.Held(lease.channel(), lease.fence());
  }

  /** The innermost message: drivers wrap what the network or the disk said. */
  private static @Nullable String why(SQLException failure) {
    return NestedExceptionUtils.getMostSpecificCause(failure).getMessage();
  }

  /** Looks for word to stop. Where the database fails, that is left to the next renewal to say. */
  private void lookForWords() {
    try {
      Map<LeaseTable.Held, LeaseTable.Word> words = held.isEmpty() ? Map.of() : table().words();
      for (Lease lease : List.copyOf(held)) {
        LeaseTable.Word word = words.get(row(lease));
        if (word != null) {
          heed(lease, word);
        }
      }
    } catch (SQLException e) {
      LOG.debug("Can't see whether runs shall stop", e);
      connection.drop();
    }
  }

  private static void heed(Lease lease, LeaseTable.Word word) {
    Long run = lease.run();
    if (run != null && !lease.stopAsked() && run.equals(word.asked())) {
      of(lease, Level.INFO).log("channel {}: run {} was asked to stop", lease.channel(), run);
      lease.askToStop();
    }
    Pause pause = word.pause();
    if (pause != null && lease.pause() == null) {
      of(lease, Level.INFO).log("channel {}: {}", lease.channel(), pause.text());
      lease.pause(pause);
    }
  }

  private LeaseTable table() throws SQLException {
    return new LeaseTable(connection.open());
  }

  /** Waits until something changed or the time is over. */
  @SuppressWarnings("WaitNotInLoop")
  private void waitFor(long nanoseconds) {
    try {
      changed.awaitNanos(nanoseconds);
    } catch (InterruptedException e) {
      // The callers look again. With the flag set, the next access to an H2 file would close it.
    }
  }
}
