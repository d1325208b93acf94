package dev.stretto.transport.java;

import dev.stretto.message.Message;
import dev.stretto.transport.Outcome;
import dev.stretto.transport.Transport.Progress;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** One call of a sender, on its own virtual thread. */
final class JavaCall {

  private static final String ENTER = "enter";

  /**
   * So many looks, some 20 ms of an idle processor, are enough for a method that blocks nowhere and
   * stays on one line, a loop on its own.
   */
  private static final int STILL_LOOKS = 200;

  private final Sender sender;
  private final boolean asynchronous;
  private final Message message;
  private final Progress progress;

  private @Nullable Thread thread;

  /** What was on the stack above {@link #enter}; touched by the dispatching thread only. */
  private List<StackTraceElement> lastSeen = List.of();

  private int looks;
  private @Nullable Future<?> expiry;

  /** Set as the last thing before the sender is called. */
  private volatile boolean entering;

  /** Set once the sender's method has returned or thrown. */
  private volatile boolean returned;

  /** Guarded by this, and so is telling the progress: nothing is told twice or after the end. */
  private boolean finished;

  JavaCall(Sender sender, boolean asynchronous, Message message, Progress progress) {
    this.sender = sender;
    this.asynchronous = asynchronous;
    this.message = message;
    this.progress = progress;
  }

  /** Sets what is cancelled when the call ends in time; to be called before {@link #run}. */
  void expireWith(Future<?> timer) {
    expiry = timer;
  }

  /** Starts the call's thread. */
  void run(String name) {
    thread = Thread.ofVirtual().name(name).unstarted(asynchronous ? this::callAsync : this::call);
    thread.start();
  }

  private void call() {
    handedOver();
    Outcome outcome;
    try {
      enter();
      outcome = new Outcome.Delivered();
    } catch (Throwable thrown) {
      outcome = SenderFaults.of(thrown);
    }
    returned = true;
    finish(outcome);
  }

  /**
   * Calls the sender and nothing else: {@link #seenAtWork} looks for what is above this on the
   * stack.
   */
  private void enter() throws Exception {
    entering = true;
    sender.send(message);
  }

  private void callAsync() {
    CompletionStage<?> answer;
    try {
      answer = Objects.requireNonNull(sender.sendAsync(message), "sendAsync returned null");
    } catch (Throwable thrown) {
      returned = true;
      finish(SenderFaults.of(thrown));
      return;
    }
    returned = true;
    handedOver();
    var _ =
        answer.whenComplete((_, thrown) ->
            finish(thrown == null ? new Outcome.Delivered() : SenderFaults.of(thrown)));
  }

  /** Whether the sender's method has blocked, or ended: then it was entered. */
  boolean blockedOrOver() {
    return returned
        || switch (thread().getState()) {
          case TERMINATED -> true;
          case BLOCKED, WAITING, TIMED_WAITING -> entering;
          case NEW, RUNNABLE -> false;
        };
  }

  /**
   * Whether the sender's method was seen at work: on the thread's stack in one look and elsewhere
   * in a later one. A method that is merely on the stack may have been stopped, by a safepoint or
   * by the operating system, before its first statement. Costs some µs.
   */
  boolean seenAtWork() {
    List<StackTraceElement> inside = insideSender();
    if (inside.isEmpty()) {
      return false;
    }
    boolean moved = !lastSeen.isEmpty() && !inside.equals(lastSeen);
    lastSeen = inside;
    return moved || ++looks > STILL_LOOKS;
  }

  private List<StackTraceElement> insideSender() {
    if (!entering) {
      return List.of();
    }
    StackTraceElement[] stack = thread().getStackTrace();
    for (int depth = 1; depth < stack.length; depth++) {
      if (stack[depth].getMethodName().equals(ENTER)
          && stack[depth].getClassName().equals(JavaCall.class.getName())) {
        return List.of(stack).subList(0, depth);
      }
    }
    return List.of();
  }

  private Thread thread() {
    if (thread == null) {
      throw new IllegalStateException("not started");
    }
    return thread;
  }

  /** The call has taken too long: its outcome is unknown, and what becomes of it is ignored. */
  void expire(Duration timeout) {
    finish(SenderFaults.late(timeout));
  }

  private synchronized void handedOver() {
    if (!finished) {
      progress.handedOver();
    }
  }

  private synchronized void finish(Outcome outcome) {
    if (!finished) {
      finished = true;
      if (expiry != null) {
        expiry.cancel(false);
      }
      progress.finished(outcome);
    }
  }
}
