package dev.stretto.database;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.h2.api.DatabaseEventListener;
import org.h2.engine.Session;
import org.h2.engine.SessionLocal;
import org.h2.jdbc.JdbcConnection;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.MVStoreException;
import org.jspecify.annotations.Nullable;

/**
 * Has the sessions of an H2 file write in turn, those of other commands and of the application
 * among them, so that a killed process leaves each transaction whole or not at all.
 *
 * <p>H2 itself does not. Every commit writes a version of the file, with whatever is in memory of
 * all tables and indexes at that time, one after the other. Where another session is just changing
 * something, or committing, some of that is in the version and some is not, and no undo log tells.
 * The next version mends it, a fraction of a millisecond later; a process that is killed in between
 * leaves half a transaction, or a row that its index does not have.
 *
 * <p>INVARIANT: no version is written while another session's statement, or its commit, is under
 * way. Each statement that may write waits for its turn and has it until it is over, with its
 * commit where it commits itself; {@code COMMIT} and {@code ROLLBACK} are statements too.
 *
 * <p>The price: what sessions did at the same time they do one after the other. Where a statement
 * takes longer than 100 ms, as one does that waits for a row whose transaction waits for its turn,
 * the next takes the turn from it; a process must be killed in that very moment to leave something
 * half done.
 *
 * <p>H2 makes one of these for a database. The turn is the JVM's, of all its H2 files.
 */
public class H2Turns implements DatabaseEventListener {

  private static final Duration PATIENCE = Duration.ofMillis(100);

  /** Whose statement H2 executes on this thread; H2 tells its listeners the statement only. */
  private static final MethodHandle SESSION = session();

  private static final Semaphore TURN = new Semaphore(1, true);

  /** Who has it; null while nobody has, and for a moment more. */
  private static final AtomicReference<@Nullable Thread> HOLDER = new AtomicReference<>();

  private final Duration patience;

  /** For H2. */
  public H2Turns() {
    this(PATIENCE);
  }

  H2Turns(Duration patience) {
    this.patience = patience;
  }

  /**
   * Has the sessions of this database write in turn, until it is closed. Does nothing where it is
   * in memory or another process has the file open.
   *
   * @param connection H2's; its user must be an administrator
   */
  static void install(Connection connection) throws SQLException {
    if (file(connection) != null) {
      try (Statement statement = connection.createStatement()) {
        statement.execute("set database_event_listener '" + H2Turns.class.getName() + "'");
      }
    }
  }

  /**
   * Has what was committed reach the disk. Where this process has the file open, that holds up
   * nobody's turn; otherwise H2's statement for it has one.
   */
  static void sync(Connection connection) throws SQLException {
    MVStore file = file(connection);
    if (file == null || file.getAutoCommitDelay() != 0) {
      try (Statement statement = connection.createStatement()) {
        statement.execute("checkpoint sync");
      }
      return;
    }
    try {
      file.sync();
    } catch (MVStoreException e) {
      throw new SQLException("can't make the disk follow: " + e.getMessage(), e);
    }
  }

  /** The file that this process has open; null where there is none. */
  private static @Nullable MVStore file(Connection connection) throws SQLException {
    return connection.unwrap(JdbcConnection.class).getSession() instanceof SessionLocal session
            && session.getDatabase().isPersistent()
        ? session.getDatabase().getStore().getMvStore()
        : null;
  }

  @Override
  public void setProgress(int state, String sql, long done, long of) {
    if (state == STATE_STATEMENT_START && mayWrite(sql)) {
      begin();
    } else if (state == STATE_STATEMENT_END && mayWrite(sql)) {
      end();
    }
  }

  /** A statement failed, and has written nothing. */
  @Override
  public void exceptionThrown(SQLException failure, String sql) {
    leave();
  }

  @Override
  public void closingDatabase() {
    leave();
  }

  private static boolean mayWrite(String sql) {
    String text = sql.stripLeading().toLowerCase(Locale.ROOT);
    return !(text.startsWith("select") || text.startsWith("with")) || text.contains("for update");
  }

  private void begin() {
    while (HOLDER.get() != Thread.currentThread()) {
      Thread holder = HOLDER.get();
      if (acquire()) {
        HOLDER.set(Thread.currentThread());
      } else if (holder != null) {
        // Whoever had it lets go of nothing any more.
        HOLDER.compareAndSet(holder, Thread.currentThread());
      }
    }
  }

  /** An interrupt ends no wait, and its flag is not kept: it would close the file. */
  private boolean acquire() {
    long end = System.nanoTime() + patience.toNanos();
    while (true) {
      try {
        return TURN.tryAcquire(end - System.nanoTime(), TimeUnit.NANOSECONDS);
      } catch (InterruptedException e) {
        // as said above
      }
    }
  }

  private void end() {
    try {
      SessionLocal session = (SessionLocal) (Session) SESSION.invokeExact();
      if (session.getAutoCommit() && session.isOpen()) {
        begin();
        session.commit(false);
      }
    } catch (Throwable e) {
      throw H2Turns.<RuntimeException>untyped(new CommitFailed(e));
    } finally {
      leave();
    }
  }

  private static void leave() {
    if (HOLDER.compareAndSet(Thread.currentThread(), null)) {
      TURN.release();
    }
  }

  /** H2 takes no notice of an exception of a listener's, and lets no error be converted. */
  private static final class CommitFailed extends Throwable {
    CommitFailed(Throwable cause) {
      super("commit", cause);
    }
  }

  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private static <T extends Throwable> T untyped(Throwable failure) throws T {
    throw (T) failure;
  }

  private static MethodHandle session() {
    try {
      return MethodHandles.privateLookupIn(SessionLocal.class, MethodHandles.lookup())
          .findStatic(
              SessionLocal.class, "getThreadLocalSession", MethodType.methodType(Session.class));
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }
}
