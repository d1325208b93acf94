package dev.stretto.transport.exec;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The calls that a program has, until each has its outcome: by an answer, by its time, or by the
 * program's end. Thread-safe; its lock is held across nothing.
 */
final class OpenCalls {

  private static final Logger LOG = LoggerFactory.getLogger(OpenCalls.class);

  private final String name;
  private final ProgramText texts;
  private final SlowStart pace;

  /** By message id, the oldest first. Guarded by this. */
  private final Map<String, ExecCall> calls = new LinkedHashMap<>();

  /** Guarded by this. */
  private boolean over;

  /** Whether the program has answered a call. */
  private volatile boolean served;

  /** Touched by the reading thread only. */
  private boolean toldStray;

  OpenCalls(String name, ProgramText texts, SlowStart pace) {
    this.name = name;
    this.texts = texts;
    this.pace = pace;
  }

  /**
   * Adds a call.
   *
   * @return false where the program has ended
   */
  synchronized boolean add(ExecCall call) {
    if (!over) {
      calls.put(call.id(), call);
    }
    return !over;
  }

  /**
   * The program answered; on the reading thread only.
   *
   * @param read is told which call's line the program must have read
   */
  void answered(Answer answer, String id, Consumer<ExecCall> read) {
    ExecCall call = take(id, answer.attempt());
    if (call != null) {
      read.accept(call);
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
          texts.reason(id));
    }
  }

  private synchronized @Nullable ExecCall take(String id, int attempt) {
    ExecCall call = calls.get(id);
    boolean meant = call != null && (attempt == 0 || attempt == call.attempt());
    return meant ? calls.remove(id) : null;
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

  /** How many there are, 0 or more. */
  synchronized int count() {
    return calls.size();
  }

  /** The program has ended, for a reason that its calls are told. */
  void end(String reason) {
    List<ExecCall> unanswered;
    synchronized (this) {
      over = true;
      unanswered = List.copyOf(calls.values());
      calls.clear();
    }
    // Before anyone asks for the capacity because of this.
    if (unanswered.stream().anyMatch(ExecCall::begun)) {
      pace.lost();
    }
    unanswered.forEach(call -> call.lost(reason, served));
  }

  private static String seconds(Duration duration) {
    return duration.toMillis() % 1000 == 0
        ? duration.toSeconds() + " s"
        : duration.toMillis() + " ms";
  }
}
