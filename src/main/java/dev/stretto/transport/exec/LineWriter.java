package dev.stretto.transport.exec;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Writes the lines of calls to a program. What may block is written by a thread of its own, so that
 * a pipe that is full blocks nobody else; what can't is written at once, for two threads waking
 * each other take longer than a line.
 */
final class LineWriter {

  /** In bytes, what a pipe takes without blocking, however small it is (POSIX's PIPE_BUF). */
  private static final int NEVER_BLOCKS = 4096;

  private final OutputStream out;
  private final Duration ready;
  private final Runnable broken;
  private final Thread thread;
  private final BlockingQueue<ExecCall> waiting = new LinkedBlockingQueue<>();

  /** Over once the program has said something, or said nothing for so long. */
  private final CountDownLatch beginning = new CountDownLatch(1);

  /** How many calls the thread has not written yet. */
  private final AtomicInteger behind = new AtomicInteger();

  /** How many bytes the program may not have read yet: those of calls without an answer. */
  private final AtomicInteger unread = new AtomicInteger();

  private volatile boolean stopped;

  /**
   * Readies the thread; nothing is written before it is started.
   *
   * @param out is closed at the end
   * @param ready how long the program may take to say that it is ready
   * @param broken told when the program turns out to have closed its end
   */
  LineWriter(String name, OutputStream out, Duration ready, Runnable broken) {
    this.out = out;
    this.ready = ready;
    this.broken = broken;
    this.thread = Thread.ofPlatform().daemon().name("exec-in-" + name).unstarted(this::run);
  }

  /** Starts to write. */
  void start() {
    thread.start();
  }

  /** The program has said something. */
  void begin() {
    beginning.countDown();
  }

  /** Writes nothing more, and ends the program's input as soon as nothing is being written. */
  void stop() {
    stopped = true;
    beginning.countDown();
    thread.interrupt();
  }

  /** Blocks until nothing is being written, or the time is over. */
  void join(Duration atMost) throws InterruptedException {
    var _ = thread.join(atMost);
  }

  /**
   * Has the call's line written. Called by the dispatching thread only.
   *
   * <p>INVARIANT (start order): lines are written in the order in which this is called, for this
   * thread writes only while the other has nothing to write; and a call has left only once all of
   * its line is in the pipe. The dispatching thread waits for that, so that no second line waits
   * here unless the first is over.
   */
  void write(ExecCall call) {
    boolean begun = beginning.getCount() == 0 && !stopped;
    if (begun && behind.get() == 0 && unread.get() + call.length() <= NEVER_BLOCKS) {
      try {
        writeNow(call);
      } catch (IOException e) {
        broken.run();
      }
    } else {
      behind.incrementAndGet();
      waiting.add(call);
    }
  }

  /** The program has read the call's line. */
  void read(ExecCall call) {
    unread.addAndGet(-call.length());
  }

  private void run() {
    try (out) {
      var _ = beginning.await(ready.toNanos(), TimeUnit.NANOSECONDS);
      beginning.countDown();
      while (!stopped) {
        writeNow(waiting.take());
        behind.decrementAndGet();
      }
    } catch (IOException e) {
      broken.run();
    } catch (InterruptedException e) {
      // Nothing more is to be written: the program sees the end of its input.
    }
  }

  private void writeNow(ExecCall call) throws IOException {
    byte[] line = call.begin();
    if (line == null) {
      return;
    }
    unread.addAndGet(line.length);
    try {
      out.write(line);
      out.flush();
    } catch (IOException e) {
      call.unwritten();
      throw e;
    }
    call.left();
  }
}
