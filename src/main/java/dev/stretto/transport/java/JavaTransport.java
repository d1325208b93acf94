package dev.stretto.transport.java;

import dev.stretto.message.Message;
import dev.stretto.transport.Call;
import dev.stretto.transport.Transport;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.support.AopUtils;

/**
 * Runs every call on a virtual thread of its own.
 *
 * <p>What is guaranteed of the order: before call N+1's thread is started, call N's sender has
 * blocked, has returned, or was seen at work, and so has got past where it was entered. Only a
 * method that computes on one line for some 20 ms is taken to be at work without having been seen
 * to move. An asynchronous sender's method has returned. {@code JavaStartOrderTest} and {@code
 * JavaTransportIT} fail without it.
 */
final class JavaTransport implements Transport {

  private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(5);

  /** How often the last call's state is looked at before its stack is, which costs some µs. */
  private static final int LOOKS = 50;

  private final String channel;
  private final Sender sender;
  private final boolean owned;
  private final boolean asynchronous;
  private final Duration timeout;
  private final int window;
  private final ScheduledExecutorService timer;
  private volatile boolean closed;

  /** The call started last; touched by the dispatching thread only. */
  private @Nullable JavaCall last;

  /**
   * @param owned whether the sender ends with this
   * @param timer tells when a call's time is over; others use it too
   */
  JavaTransport(
      String channel,
      Sender sender,
      boolean owned,
      Duration timeout,
      int window,
      ScheduledExecutorService timer) {
    this.channel = channel;
    this.sender = sender;
    this.owned = owned;
    this.asynchronous = overridesSendAsync(sender);
    this.timeout = timeout;
    this.window = window;
    this.timer = timer;
  }

  /** A proxy, which a bean may be, has every method itself. */
  private static boolean overridesSendAsync(Sender sender) {
    try {
      Class<?> declaring =
          AopUtils.getTargetClass(sender).getMethod("sendAsync", Message.class).getDeclaringClass();
      return declaring != Sender.class;
    } catch (NoSuchMethodException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public int capacity() {
    return window;
  }

  /** Waits, some µs as a rule, until the sender was entered for the call before. */
  @Override
  public void start(Call call, Progress progress) {
    awaitEntered(last);
    JavaCall next = new JavaCall(sender, asynchronous, call.message(), progress);
    last = next;
    next.expireWith(timer.schedule(() -> expire(next), timeout.toNanos(), TimeUnit.NANOSECONDS));
    next.run("java-" + channel + "-" + call.message().position());
  }

  /** Once the run is over nobody is told of calls that are still under way. */
  private void expire(JavaCall call) {
    if (!closed) {
      call.expire(timeout);
    }
  }

  /**
   * Telling that a call leaves is a step before it is entered, and a thread can lose its processor
   * between the two; without this wait 2 to 27 in 100 calls were entered late.
   */
  private static void awaitEntered(@Nullable JavaCall call) {
    if (call == null) {
      return;
    }
    for (int look = 1; !call.blockedOrOver(); look++) {
      if (look % LOOKS == 0 && call.seenAtWork()) {
        return;
      }
      if (look < LOOKS) {
        Thread.onSpinWait();
      } else {
        Thread.yield();
      }
    }
  }

  @Override
  public void close() {
    closed = true;
    if (!owned) {
      return;
    }
    Thread closing = Thread.ofVirtual().name("java-close-" + channel).start(this::closeSender);
    try {
      var _ = closing.join(CLOSE_PATIENCE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void closeSender() {
    try {
      sender.close();
    } catch (Exception | LinkageError _) {
      // The run is over: what a sender could not free ends with this process.
    }
  }
}
