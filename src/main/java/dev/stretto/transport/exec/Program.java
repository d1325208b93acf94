package dev.stretto.transport.exec;

import dev.stretto.transport.exec.Answer.UnknownLineException;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
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
  private final OpenCalls calls;
  private final StandardError errors;

  /** Why nothing more is written; null while it is. */
  private final AtomicReference<@Nullable String> fault = new AtomicReference<>();

  private final LineWriter writer;
  private final Thread reader;
  private final Thread errorReader;
  private final Thread watcher;
  private volatile boolean closing;

  /**
   * Begins to talk to it.
   *
   * @param ready how long it may take to say that it is ready
   * @param calls where those go that it takes
   * @param first the call that it was started for
   */
  Program(
      String name,
      Process process,
      ProgramText texts,
      Duration ready,
      OpenCalls calls,
      ExecCall first) {
    this.name = name;
    this.process = process;
    this.tree = new ProgramTree(process);
    this.texts = texts;
    this.calls = calls;
    this.errors = new StandardError(name, process.getErrorStream(), texts);
    this.writer =
        new LineWriter(
            name,
            process.getOutputStream(),
            ready,
            () -> end("the program closed its standard input", GRACE));
    this.reader = thread("exec-out-", this::read);
    this.errorReader = thread("exec-err-", errors);
    this.watcher = Thread.ofVirtual().name("exec-" + name).unstarted(this::awaitEnd);
    var _ = take(first);
    writer.start();
    reader.start();
    errorReader.start();
    watcher.start();
  }

  private Thread thread(String prefix, Runnable work) {
    return Thread.ofPlatform().daemon().name(prefix + name).unstarted(work);
  }

  /**
   * Has the call's line written. Where the program is on its way out, the call waits for its end,
   * and is told why.
   *
   * @return false where it has ended, so that another may be started
   */
  boolean take(ExecCall call) {
    boolean added = calls.add(call);
    if (added) {
      writer.write(call);
    }
    return added;
  }

  void expire(ExecCall call, Duration timeout) {
    calls.expire(call, timeout);
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
    writer.begin();
    String id = answer.id();
    if (id != null) {
      calls.answered(answer, id, writer::read);
    }
  }

  /** Has it end, for a reason that its calls are told; the first counts. Returns at once. */
  private void end(String why, Duration grace) {
    if (stopWriting(why)) {
      Thread.ofVirtual().name("exec-end-" + name).start(() -> tree.end(grace));
    }
  }

  /**
   * Has nothing more written, and its input end.
   *
   * @return false where that was so before
   */
  private boolean stopWriting(String why) {
    boolean first = fault.compareAndSet(null, why);
    writer.stop();
    return first;
  }

  /**
   * INVARIANT: whatever ends the program, the calls that it has not answered get their outcome
   * here, once, and only when it is gone and what it wrote has been read; another is started only
   * after that.
   */
  private void awaitEnd() {
    try {
      int code = process.waitFor();
      String ended = "the program ended with exit code " + code;
      var _ = stopWriting(ended);
      // Something that it started may have its pipes, and keep them open.
      var _ = reader.join(REST);
      writer.join(REST);
      var _ = errorReader.join(REST);
      String reason = reason(ended, code);
      if (!closing && (code != 0 || calls.count() > 0)) {
        LOG.warn("{}: {}; messages under way: {}", name, reason, calls.count());
      }
      calls.end(reason);
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts this thread", e);
    }
  }

  private String reason(String ended, int code) {
    String why = fault.get();
    if (tree.ended() && why != null) {
      return why;
    }
    String last = errors.last();
    return code == 0 || last.isEmpty() ? ended : ended + ", after it said: " + last;
  }

  /** Ends its input, and then itself where that does not end it; takes some seconds at most. */
  void close() {
    closing = true;
    var _ = stopWriting("the channel is closed");
    tree.end(GRACE);
    try {
      var _ = watcher.join(REST.multipliedBy(3));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
