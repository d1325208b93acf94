package dev.stretto.transport.exec;

import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** One of the programs side by side: it is started when there is a call, and again when it died. */
final class Worker {

  private final String name;
  private final ProgramStart start;
  private final SlowStart pace;
  private final Duration ready;

  /** Set by the dispatching thread only. */
  private volatile @Nullable Program program;

  private volatile boolean closed;

  Worker(String name, ProgramStart start, SlowStart pace, Duration ready) {
    this.name = name;
    this.start = start;
    this.pace = pace;
    this.ready = ready;
  }

  /** Gives the call to the program. Called by the dispatching thread only. */
  void start(ExecCall call) {
    Program running = program;
    if (running == null || !running.take(call)) {
      startFor(call);
    }
  }

  private void startFor(ExecCall call) {
    if (closed) {
      call.unsent("the channel is closed");
      return;
    }
    try {
      OpenCalls calls = new OpenCalls(name, start.texts(), pace);
      Program started = new Program(name, start.start(), start.texts(), ready, calls, call);
      program = started;
      // Either this sees that the channel is closed, or whoever closes it sees the program.
      if (closed) {
        started.close();
      }
    } catch (IOException e) {
      call.unsent(start.texts().reason("the program can't be started: " + e.getMessage()));
    }
  }

  void expire(ExecCall call, Duration timeout) {
    Program running = program;
    if (running != null) {
      running.expire(call, timeout);
    }
  }

  /** Ends the program; takes some seconds at most. */
  void close() {
    closed = true;
    Program running = program;
    if (running != null) {
      running.close();
    }
  }
}
