package dev.stretto.transport.exec;

import dev.stretto.transport.exec.Answer.UnknownLineException;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A program that was started, from then to its end. One thread writes to it and one reads from it,
 * so that a pipe that is full keeps no answer from being read; one waits for its end.
 */
final class Program {

  private static final Logger LOG = LoggerFactory.getLogger(Program.class);

  private static final int LONGEST_ANSWER = 64 * 1024;

  /** How long it may take to end by itself once its input has ended, or it closed a stream. */
  private static final Duration GRACE = Duration.ofSeconds(2);

  /** How long is waited for what a program that has ended wrote before, whoever has its pipes. */
  private static final Duration REST = Duration.ofSeconds(1);

  private final String name;
  private final Process process;
  private final ProgramTree tree;
  private final ProgramText texts;
  private final SlowStart pace;
  private final Duration ready;

  private final BlockingQueue<ExecCall> waiting = new LinkedBlockingQueue<>();

  /** Over once it may be written to: it has said something, or said nothing for so long. */
  private final CountDownLatch beginning = new CountDownLatch(1);

  private final StandardError errors;
  private final Thread writer;
  private final Thread reader;
  private final Thread errorReader;
  private final Thread watcher;

  /** Those without an outcome, by message id, the oldest first. Guarded by this. */
  private final Map<String, ExecCall> calls = new LinkedHashMap<>();

  /** Why nothing more is written; null while it is. Guarded by this. */
  private @Nullable String fault;

  /** Guarded by this. */
  private boolean over;

  private volatile boolean closing;

  /** Whether it has answered a call. */
  private volatile boolean served;

  /** Touched by the reading thread only. */
  private boolean toldStray;

  /**
   * Begins to talk to it.
   *
   * @param ready how long it may take to say that it is ready
   * @param first the call that it was started for
   */
  Program(
      String name,
      Process process,
      ProgramText texts,
      SlowStart pace,
      Duration ready,
      ExecCall first) {
    this.name = name;
    this.process = process;
    this.tree = new ProgramTree(process);
    this.texts = texts;
    this.pace = pace;
    this.ready = ready;
    calls.put(first.id(), first);
    waiting.add(first);
    this.errors = new StandardError(name, process.getErrorStream(), texts);
    this.writer = thread("exec-in-", this::write);
    this.reader = thread("exec-out-", this::read);
    this.errorReader = thread("exec-err-", errors);
    this.watcher = Thread.ofVirtual().name("exec-" + name).start(this::awaitEnd);
  }

  private Thread thread(String prefix, Runnable work) {
    return Thread.ofPlatform().daemon().name(prefix + name).start(work);
  }

  /**
   * Has the call's line written. Where the program is on its way out, the call waits for its end,
   * and is told why.
   *
   * @return false where it has ended, so that another may be started
   */
  synchronized boolean take(ExecCall call) {
    if (over) {
      return false;
    }
    calls.put(call.id(), call);
    if (fault == null) {
      waiting.add(call);
    }
    return true;
  }

  /** The call has taken too long; the program goes on, and what it says of it is passed over. */
  void expire(ExecCall call, Duration timeout) {
    synchronized (this) {
      calls.remove(call.id(), call);
    }
    pace.ended();
    call.expire(
        "no answer within " + seconds(timeout),
        "the program has not read its standard input for " + seconds(timeout));
  }

  private void write() {
    try (OutputStream out = process.getOutputStream()) {
      var _ = beginning.await(ready.toNanos(), TimeUnit.NANOSECONDS);
      while (reads()) {
        // INVARIANT (start order): this thread alone writes, in the order in which calls were
        // taken, and a call has left only once all of its line is in the pipe. The dispatching
        // thread waits for that, so that no second line waits here unless the first is over.
        write(waiting.take(), out);
      }
    } catch (IOException e) {
      end("the program closed its standard input", GRACE);
    } catch (InterruptedException e) {
      // Nothing more is to be written: the program sees the end of its input.
    }
  }

  private synchronized boolean reads() {
    return fault == null;
  }

  private static void write(ExecCall call, OutputStream out) throws IOException {
    byte[] line = call.begin();
    if (line == null) {
      return;
    }
    try {
      out.write(line);
      out.flush();
    } catch (IOException e) {
      call.unwritten();
      throw e;
    }
    call.left();
  }

  private void read() {
    Lines lines = new Lines(process.getInputStream(), LONGEST_ANSWER);
    try {
      for (Lines.Line line = lines.next(); line != null; line = lines.next()) {
        read(line);
      }
    } catch (IOException e) {
      // Its end, as far as answers go.
    }
    end("the program closed its standard output", GRACE);
  }

  private void read(Lines.Line line) {
    try {
      switch (line.end()) {
        case WHOLE -> {
          if (!line.isBlank()) {
            answered(Answer.of(line.bytes(), texts));
          }
        }
        case CUT ->
            end(
                "the program wrote a line of more than 64 kB to standard output: "
                    + texts.excerpt(line.bytes()),
                Duration.ZERO);
        case BROKEN_OFF -> {
          // Its end came in the middle of an answer, which nobody can trust.
        }
      }
    } catch (UnknownLineException e) {
      end(String.valueOf(e.getMessage()), Duration.ZERO);
    }
  }

  private void answered(Answer answer) {
    beginning.countDown();
    if (answer.id() == null) {
      return;
    }
    ExecCall call;
    synchronized (this) {
      call = calls.get(answer.id());
      if (call != null && (answer.attempt() == 0 || answer.attempt() == call.attempt())) {
        calls.remove(answer.id());
      } else {
        call = null;
      }
    }
    if (call != null) {
      // Before anyone asks for the capacity because of this.
      pace.ended();
      served = true;
      call.finish(answer.outcome());
    } else if (!toldStray) {
      toldStray = true;
      LOG.warn(
          "{}: the program answered for {}, which is not under way: it is late, or unknown; said"
              + " once",
          name,
          texts.reason(answer.id()));
    }
  }

  /** Has it end, for a reason that its calls are told; the first counts. Returns at once. */
  private void end(String why, Duration grace) {
    if (fault(why)) {
      Thread.ofVirtual().name("exec-end-" + name).start(() -> tree.end(grace));
    }
  }

  /**
   * Has nothing more written, and its input end.
   *
   * @return false where that was so before
   */
  private boolean fault(String why) {
    synchronized (this) {
      if (fault != null) {
        return false;
      }
      fault = why;
    }
    beginning.countDown();
    writer.interrupt();
    return true;
  }

  /**
   * INVARIANT: whatever ends the program, its calls get their outcome here, once, and only when it
   * is gone and what it wrote has been read; another is started only after that.
   */
  private void awaitEnd() {
    String reason;
    int code;
    try {
      code = process.waitFor();
      reason = "the program ended with exit code " + code;
      var _ = fault(reason);
      // Something that it started may have its pipes, and keep them open.
      var _ = reader.join(REST);
      var _ = writer.join(REST);
      var _ = errorReader.join(REST);
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts this thread", e);
    }
    List<ExecCall> unanswered;
    synchronized (this) {
      over = true;
      if (tree.ended() && fault != null) {
        reason = fault;
      } else if (code != 0 && !errors.last().isEmpty()) {
        reason += ", after it said: " + errors.last();
      }
      unanswered = List.copyOf(calls.values());
      calls.clear();
    }
    tell(reason, unanswered, code);
  }

  private void tell(String reason, List<ExecCall> unanswered, int code) {
    if (!closing && (code != 0 || !unanswered.isEmpty())) {
      LOG.warn("{}: {}; messages under way: {}", name, reason, unanswered.size());
    }
    // Before anyone asks for the capacity because of this.
    if (unanswered.stream().anyMatch(ExecCall::begun)) {
      pace.lost();
    }
    unanswered.forEach(call -> call.lost(reason, served));
  }

  /** Ends its input, and then itself where that does not end it; takes some seconds at most. */
  void close() {
    closing = true;
    var _ = fault("the channel is closed");
    tree.end(GRACE);
    try {
      var _ = watcher.join(REST.multipliedBy(3));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static String seconds(Duration duration) {
    return duration.toMillis() % 1000 == 0
        ? duration.toSeconds() + " s"
        : duration.toMillis() + " ms";
  }
}
