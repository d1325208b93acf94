package dev.stretto.cli.dispatch;

import dev.stretto.dispatch.Counts;
import java.io.Console;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shows on standard error how far a dispatch is: a bar on a terminal, a line in the log every few
 * seconds where there is none.
 */
final class Progress implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Progress.class);
  private static final Duration ON_TERMINAL = Duration.ofMillis(200);
  private static final Duration IN_LOG = Duration.ofSeconds(5);
  private static final int BAR = 24;
  private static final String ERASE = "\r\u001b[K";

  private final Supplier<Counts> counts;
  private final LongSupplier waiting;
  private final long most;
  private final boolean terminal;
  private final PrintStream err;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition closing = lock.newCondition();
  private final long began = System.nanoTime();
  private boolean closed;
  private boolean shown;

  /** How many messages there were to send; negative while they are not counted. */
  private long total = -1;

  Progress(
      Supplier<Counts> counts, LongSupplier waiting, long most, boolean terminal, PrintStream err) {
    this.counts = counts;
    this.waiting = waiting;
    this.most = most;
    this.terminal = terminal;
    this.err = err;
  }

  /**
   * Begins to show how far the runs are.
   *
   * @param waiting counts how many messages wait to be sent; asked once, on a thread of its own and
   *     only where a run lasts long enough to be shown, for it reads them all
   * @param most how many will be sent at most
   */
  static Progress of(ChannelRuns runs, LongSupplier waiting, long most) {
    Progress progress = new Progress(runs::counts, waiting, most, onTerminal(), System.err);
    Thread.ofPlatform().daemon().name("progress").start(progress::show);
    return progress;
  }

  /** Shows nothing. */
  static Progress none() {
    return new Progress(() -> Counts.NONE, () -> 0, 0, false, System.err);
  }

  @SuppressWarnings("SystemConsoleNull") // some versions of Java return null where there is none
  private static boolean onTerminal() {
    Console console = System.console();
    return console != null && console.isTerminal();
  }

  /** Takes the bar away while something else is written to the terminal. */
  void interrupt(Runnable writing) {
    lock.lock();
    try {
      erase();
      writing.run();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      erase();
      closing.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void show() {
    try {
      while (awaitNext()) {
        // Without the lock, so that what is written meanwhile does not wait for it.
        count();
        write(line(counts.get(), System.nanoTime() - began));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Whether the time for the next has come; false once nothing more is to be shown. */
  private boolean awaitNext() throws InterruptedException {
    lock.lock();
    try {
      long left = (terminal ? ON_TERMINAL : IN_LOG).toNanos();
      while (left > 0 && !closed) {
        left = closing.awaitNanos(left);
      }
      return !closed;
    } finally {
      lock.unlock();
    }
  }

  private void write(String line) {
    lock.lock();
    try {
      if (closed) {
        return;
      }
      if (terminal) {
        err.print(ERASE + line);
        err.flush();
        shown = true;
      } else {
        LOG.info(line);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Counts what there is to send, once. */
  void count() {
    if (total >= 0) {
      return;
    }
    try {
      Counts before = counts.get();
      total = Math.min(most, done(before) + waiting.getAsLong());
    } catch (RuntimeException e) {
      // The run fares the same with the database, and says so.
      LOG.debug("What waits can't be counted", e);
    }
  }

  private static long done(Counts counts) {
    return counts.delivered() + counts.parked();
  }

  private void erase() {
    if (shown) {
      err.print(ERASE);
      err.flush();
      shown = false;
    }
  }

  /** Done, rate, in flight and time left, on one line; the bar only where a person watches. */
  String line(Counts now, long elapsedNanos) {
    long done = done(now);
    double rate = done / Math.max(1e-3, elapsedNanos / (double) TimeUnit.SECONDS.toNanos(1));
    String line =
        String.format(
            Locale.ROOT,
            "%s, %,.0f/s, %,d in flight",
            total < 0
                ? String.format(Locale.ROOT, "%,d done", done)
                : doneOf(done, Math.max(total, done)),
            rate,
            now.inFlight());
    if (now.closed()) {
      return line + ", waiting for the destination";
    }
    return done == 0 || total < 0
        ? line
        : line + String.format(Locale.ROOT, ", %.0f s left", Math.max(0, total - done) / rate);
  }

  private String doneOf(long done, long all) {
    String text = String.format(Locale.ROOT, "%,d of %,d", done, all);
    return terminal ? bar(done, all) + " " + text : text;
  }

  private static String bar(long done, long all) {
    int filled = all == 0 ? BAR : (int) (BAR * done / all);
    return "[" + "#".repeat(filled) + ".".repeat(BAR - filled) + "]";
  }
}
