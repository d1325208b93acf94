package dev.stretto.transport.exec;

import dev.stretto.transport.Call;
import dev.stretto.transport.Outcome;
import dev.stretto.transport.Outcome.Fault;
import dev.stretto.transport.Outcome.RetryLater;
import dev.stretto.transport.ReturnedCalls;
import dev.stretto.transport.Transport.Progress;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** One message on its way through a program; tells its progress, each step once. */
final class ExecCall {

  private final Call call;
  private final Progress progress;
  private final ReturnedCalls returned;
  private final int length;
  private @Nullable Future<?> expiry;

  /** What is to be written; null once it is, for it may be long. Guarded by this. */
  private byte @Nullable [] line;

  /** Whether the program may have the whole line. Guarded by this. */
  private boolean begun;

  /** Guarded by this, and so is telling the progress: nothing is told twice or after the end. */
  private boolean over;

  ExecCall(Call call, Progress progress, ReturnedCalls returned, byte[] line) {
    this.call = call;
    this.progress = progress;
    this.returned = returned;
    this.line = line;
    this.length = line.length;
  }

  String id() {
    return call.message().messageId();
  }

  int attempt() {
    return call.attempt();
  }

  /** How long its line is, in bytes. */
  int length() {
    return length;
  }

  /** Sets what is cancelled when the call ends in time; to be called before it is given away. */
  void expireWith(Future<?> timer) {
    expiry = timer;
  }

  /**
   * The line that is written from now on, so that the program may have it. Null where the call is
   * over: what was said not to have been sent must not be.
   */
  synchronized byte @Nullable [] begin() {
    byte[] writing = over ? null : line;
    begun = writing != null;
    line = null;
    return writing;
  }

  /** The line's end was not written, so that the program has no message. */
  synchronized void unwritten() {
    begun = false;
  }

  synchronized void left() {
    if (!over) {
      progress.handedOver();
    }
  }

  synchronized boolean begun() {
    return begun;
  }

  synchronized void finish(Outcome outcome) {
    if (!over) {
      over = true;
      if (expiry != null) {
        expiry.cancel(false);
      }
      progress.finished(outcome);
    }
  }

  /**
   * The program has ended, and there will be no answer.
   *
   * @param served whether it has answered others, so that the next may well take this one
   */
  synchronized void lost(String reason, boolean served) {
    if (begun) {
      finish(new RetryLater(Fault.UNKNOWN, reason, null));
    } else {
      goBack(new RetryLater(served ? Fault.UNTAKEN : Fault.UNAVAILABLE, reason, null));
    }
  }

  /** There is no program that would get it, or any other. */
  void unsent(String reason) {
    goBack(new RetryLater(Fault.UNAVAILABLE, reason, null));
  }

  /** The time is over. */
  synchronized void expire(String late, String unread) {
    if (begun) {
      finish(new RetryLater(Fault.UNKNOWN, late, null));
    } else {
      unsent(unread);
    }
  }

  private synchronized void goBack(RetryLater outcome) {
    if (!over) {
      returned.add(call);
      finish(outcome);
    }
  }
}
