package dev.stretto.transport;

/**
 * The way to one destination. A channel's run opens one, starts its calls on it from a single
 * thread, and closes it.
 */
public interface Transport extends AutoCloseable {

  /**
   * The most calls that may be under way now, 1 or more. It may change at any time, as when a
   * server allows fewer streams than expected; the dispatching thread starts nothing above it, so
   * that no call queues behind this port.
   */
  int capacity();

  /**
   * Hands one call over. Called by one thread, in start order, never again before the call before
   * was handed over or finished. Returns without waiting for the answer and throws nothing:
   * whatever goes wrong is an {@link Outcome}.
   *
   * @param call what to send
   * @param progress is told once when the call has left, and once when its outcome is known, from
   *     any thread; may be told both before this method returns
   */
  void start(Call call, Progress progress);

  /**
   * Ends the connections; calls still under way may never report. Does not wait for them, only some
   * seconds at most for its own connections or code to end; throws nothing.
   */
  @Override
  void close();

  /** What the dispatching thread is told of a call. */
  interface Progress {

    /** The call has left: whatever is started from now on arrives, or is entered, after it. */
    void handedOver();

    /** The call is over. Implies {@link #handedOver()} where that was not told. */
    void finished(Outcome outcome);
  }
}
