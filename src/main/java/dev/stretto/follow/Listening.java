package dev.stretto.follow;

import dev.stretto.database.Vendor;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Is told by PostgreSQL of what is committed in the outbox, on a connection of its own, and passes
 * it on. It believes in that only while what it says itself, on another connection, comes back:
 * behind a pooler that hands sessions out by transaction, nothing does. Where the trigger is
 * disabled, it tells nothing, and others look. Thread-safe.
 */
public final class Listening implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Listening.class);

  private static final String LISTEN = "listen stretto_arrivals";
  private static final String UNLISTEN = "unlisten stretto_arrivals";
  private static final String SAY = "select pg_catalog.pg_notify('stretto_arrivals', ?)";

  static final String TRIGGERED =
      """
      select 1 from pg_catalog.pg_trigger
       where tgrelid = 'outbox_message'::regclass and tgname = 'outbox_message_arrived'
         and tgenabled in ('O', 'A')
      """;

  /**
   * Held shared as long as this listens, so that the trigger notifies: see its migration. Between
   * two commits of producers it is always free.
   */
  private static final String LOCK =
      """
      select pg_catalog.pg_try_advisory_lock_shared(1937011316, 'outbox_message'::regclass::oid::int4)
      """;

  /** A producer has the lock for some microseconds only. */
  private static final int LOCK_TRIES = 50;

  private static final Duration LOCK_PAUSE = Duration.ofMillis(10);

  /** No word that was said. */
  private static final String NONE = "none";

  /** How often it is tried whether what is said comes back. */
  private static final Duration TRIAL = Duration.ofSeconds(30);

  /** How long what is said may take to come back. */
  private static final Duration ECHO = Duration.ofSeconds(3);

  /** How soon it is seen that this is closed, at the latest. */
  private static final Duration LOOK = Duration.ofSeconds(1);

  private static final Duration AFTER_LOSS = Duration.ofSeconds(1);
  private static final Duration WHERE_NOTHING_COMES = Duration.ofMinutes(1);

  private final DataSource connections;
  private final JdbcTemplate jdbc;
  private final Arrivals arrivals;
  private final LongSupplier nanos;
  private final CountDownLatch closed = new CountDownLatch(1);
  private @Nullable Thread thread;
  private boolean explained;

  /**
   * @param connections opens connections that nothing else uses
   * @param jdbc over other connections
   * @param nanos a clock that never jumps
   */
  public Listening(
      DataSource connections, JdbcTemplate jdbc, Arrivals arrivals, LongSupplier nanos) {
    this.connections = connections;
    this.jdbc = jdbc;
    this.arrivals = arrivals;
    this.nanos = nanos;
  }

  /** Begins, on a thread of its own; does nothing on other databases. */
  public synchronized void start() {
    if (thread == null && Vendor.of(jdbc) == Vendor.POSTGRESQL) {
      thread = Thread.ofVirtual().name("listen").start(this::listen);
    }
  }

  private void listen() {
    while (!over(Duration.ZERO)) {
      Duration pause = AFTER_LOSS;
      try (Connection connection = connections.getConnection()) {
        connection.setAutoCommit(true);
        hear(connection);
        pause = WHERE_NOTHING_COMES;
      } catch (SQLException | RuntimeException e) {
        LOG.debug("Can't listen for what is committed", e);
      }
      arrivals.listening(false);
      over(pause);
    }
  }

  /** Returns once nothing is heard any more. */
  private void hear(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      if (!triggered(statement)) {
        explain("the trigger outbox_message_arrived is disabled");
        return;
      }
      statement.execute(LISTEN);
      Notifications messages = new Notifications(connection);
      boolean asked = false;
      while (!over(Duration.ZERO)) {
        if (!hearsItself(messages)) {
          statement.execute(UNLISTEN);
          explain("what is said with NOTIFY does not come, as behind some poolers");
          return;
        }
        // Not before that: a pooler would give the session, and the lock with it, to others.
        asked = asked || asks(statement);
        if (!asked) {
          explain("another session keeps the advisory lock that asks the trigger to notify");
          return;
        }
        arrivals.listening(true);
        explained = false;
        long end = nanos.getAsLong() + TRIAL.toNanos();
        while (nanos.getAsLong() - end < 0 && !over(Duration.ZERO)) {
          receive(messages, NONE, LOOK);
        }
      }
    }
  }

  private static boolean triggered(Statement statement) throws SQLException {
    try (ResultSet row = statement.executeQuery(TRIGGERED)) {
      return row.next();
    }
  }

  private boolean asks(Statement statement) throws SQLException {
    for (int tries = 0; tries < LOCK_TRIES && !over(LOCK_PAUSE.multipliedBy(tries)); tries++) {
      try (ResultSet row = statement.executeQuery(LOCK)) {
        if (row.next() && row.getBoolean(1)) {
          return true;
        }
      }
    }
    return false;
  }

  private boolean hearsItself(Notifications messages) throws SQLException {
    String word = UUID.randomUUID().toString();
    jdbc.query(SAY, row -> {}, word);
    long end = nanos.getAsLong() + ECHO.toNanos();
    boolean heard = false;
    while (!heard && nanos.getAsLong() - end < 0) {
      heard = receive(messages, word, LOOK);
    }
    return heard;
  }

  /**
   * Blocks until something was said, or the time is over; passes on what the trigger says.
   *
   * @return whether the word was said
   */
  private boolean receive(Notifications messages, String word, Duration atMost)
      throws SQLException {
    List<String> said = messages.await(atMost);
    // That is what the trigger says; the rest are trials, of whoever else listens too.
    if (said.contains("")) {
      arrivals.tell();
    }
    return said.contains(word);
  }

  /** Says once why new messages are looked for instead. */
  private void explain(String why) {
    if (!explained) {
      LOG.info("new messages are looked for several times a second: {}", why);
      explained = true;
    }
  }

  private boolean over(Duration wait) {
    try {
      return closed.await(wait.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      return true;
    }
  }

  /** Listens no more, within a second. */
  @Override
  public void close() {
    closed.countDown();
  }
}
