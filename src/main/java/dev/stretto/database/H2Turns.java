package dev.stretto.database;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.regex.Pattern;
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
 * commit where it commits itself; {@code COMMIT} and {@code ROLLBACK} are statements too. A query
 * may write where it takes a number of a sequence, which H2 commits at once, or has a statement
 * within, as {@code select ... from final table (insert ...)}. It has no turn where a function that
 * it calls, of the user's own, writes.
 *
 * <p>A transaction keeps its turn for up to a millisecond between two statements, as a change of
 * turns costs more than a statement.
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

  private static final Turns TURNS = new Turns();

  private static final Pattern QUERY = starting("select|with");

  private static final Pattern OVER = starting("commit|rollback");

  /** What a query has that writes; it may mean something else, which costs a turn. */
  private static final Pattern WRITES =
      Pattern.compile(
          "\\b(?:insert|update|delete|merge|nextval|next\\s+value)\\b", Pattern.CASE_INSENSITIVE);

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
      end(sql);
    }
  }

  /** A statement failed; H2 undoes what it wrote once this is told, without a turn. */
  @Override
  public void exceptionThrown(SQLException failure, String sql) {
    leave();
  }

  @Override
  public void closingDatabase() {
    leave();
  }

  private static Pattern starting(String words) {
    return Pattern.compile("[\\s(]*(?:" + words + ")\\b", Pattern.CASE_INSENSITIVE);
  }

  private static boolean mayWrite(String sql) {
    return !QUERY.matcher(sql).lookingAt() || WRITES.matcher(sql).find();
  }

  private void begin() {
    TURNS.begin(Thread.currentThread(), patience.toNanos());
  }

  private void end(String sql) {
    boolean over = OVER.matcher(sql).lookingAt();
    try {
      SessionLocal session = (SessionLocal) (Session) SESSION.invokeExact();
      if (session.getAutoCommit() && session.isOpen()) {
        over = true;
        begin();
        session.commit(false);
      }
    } catch (Throwable e) {
      over = true;
      throw H2Turns.<RuntimeException>untyped(new CommitFailed(e));
    } finally {
      TURNS.end(Thread.currentThread(), over);
    }
  }

  private static void leave() {
    TURNS.end(Thread.currentThread(), true);
  }

  /** Whose turn it is, first come, first served. Thread-safe. */
  private static final class Turns {

    /** How long one is kept between two statements. */
    private static final long KEPT = Duration.ofMillis(1).toNanos();

    private final ArrayDeque<Thread> waiting = new ArrayDeque<>();
    private @Nullable Thread holder;

    /** Its statements under way: one may call a trigger or a function that executes others. */
    private int statements;

    /** Since when there are so many. */
    private long since;

    /**
     * Blocks until it is this thread's turn. An interrupt ends no wait, and its flag is not kept:
     * it would close the file.
     *
     * @param patience how long the statement of another may take, in nanoseconds
     */
    synchronized void begin(Thread thread, long patience) {
      if (holder != thread) {
        waiting.add(thread);
        for (long left = left(thread, patience); left > 0; left = left(thread, patience)) {
          await(left);
        }
        waiting.remove();
        holder = thread;
        statements = 0;
        // Whoever is first now waits for another.
        notifyAll();
      }
      statements++;
      since = System.nanoTime();
    }

    private long left(Thread thread, long patience) {
      if (waiting.peek() != thread) {
        return Long.MAX_VALUE;
      }
      return holder == null ? 0 : (statements > 0 ? patience : KEPT) - (System.nanoTime() - since);
    }

    @SuppressWarnings("WaitNotInLoop")
    private void await(long nanos) {
      try {
        wait(nanos == Long.MAX_VALUE ? 0 : Duration.ofNanos(nanos).toMillis() + 1);
      } catch (InterruptedException e) {
        // as said above
      }
    }

    /**
     * A statement is over.
     *
     * @param over whether its transaction is, too
     */
    synchronized void end(Thread thread, boolean over) {
      if (holder == thread) {
        statements = Math.max(0, statements - 1);
        since = System.nanoTime();
        if (over) {
          holder = null;
        }
        if (!waiting.isEmpty()) {
          notifyAll();
        }
      }
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
