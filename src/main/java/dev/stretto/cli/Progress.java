package dev.stretto.cli;

import dev.stretto.dispatch.Counts;
import java.io.Console;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
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
  private final long total;
  private final boolean terminal;
  private final PrintStream err;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition closing = lock.newCondition();
  private final long began = System.nanoTime();
  private boolean closed;
  private boolean shown;

  Progress(Supplier<Counts> counts, long total, boolean terminal, PrintStream err) {
    this.counts = counts;
    this.total = total;
    this.terminal = terminal;
    this.err = err;
  }

  /**
   * Begins to show how far the runs are.
   *
   * @param total how many messages wait when they begin, 0 or more
   */
  static Progress of(SideBySide runs, long total) {
    Progress progress = new Progress(runs::counts, total, onTerminal(), System.err);
    Thread.ofPlatform().daemon().name("progress").start(progress::show);
    return progress;
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
    lock.lock();
    try {
      long every = (terminal ? ON_TERMINAL : IN_LOG).toNanos();
      while (!closed) {
        if (closing.awaitNanos(every) <= 0 && !closed) {
          String line = line(counts.get(), System.nanoTime() - began);
          if (terminal) {
            err.print(ERASE + line);
            err.flush();
            shown = true;
          } else {
            LOG.info(line);
          }
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      lock.unlock();
    }
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
    long done = now.delivered() + now.parked();
    long all = Math.max(total, done);
    double seconds = Math.max(1e-3, elapsedNanos / (double) TimeUnit.SECONDS.toNanos(1));
    double rate = done / seconds;
    String left =
        now.closed()
            ? "waiting for the destination"
            : done == 0 ? "" : String.format(Locale.ROOT, "%.0f s left", (all - done) / rate);
    return String.format(
        Locale.ROOT,
        "%s%,d of %,d, %,.0f/s, %,d in flight%s%s",
        terminal ? bar(done, all) + " " : "",
        done,
        all,
        rate,
        now.inFlight(),
        left.isEmpty() ? "" : ", ",
        left);
  }

  private static String bar(long done, long all) {
    int filled = all == 0 ? BAR : (int) (BAR * done / all);
    return "[" + "#".repeat(filled) + ".".repeat(BAR - filled) + "]";
  }
}
