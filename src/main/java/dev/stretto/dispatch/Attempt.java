package dev.stretto.dispatch;

import dev.stretto.transport.Call;
import dev.stretto.transport.Outcome;
import dev.stretto.transport.Transport;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/** One call, and whether it has left. */
final class Attempt implements Transport.Progress {

  private final Call call;
  private final Thread dispatching;
  private final Consumer<Outcome> over;
  private volatile boolean left;

  /**
   * Readies the call; the transport starts it.
   *
   * @param dispatching the thread that may wait for it to leave
   * @param over is told of its outcome, on the transport's thread
   */
  Attempt(Call call, Thread dispatching, Consumer<Outcome> over) {
    this.call = call;
    this.dispatching = dispatching;
    this.over = over;
  }

  Call call() {
    return call;
  }

  @Override
  public void handedOver() {
    left = true;
    if (Thread.currentThread() != dispatching) {
      LockSupport.unpark(dispatching);
    }
  }

  @Override
  public void finished(Outcome outcome) {
    // The outcome counts before the next start: a refused call has closed the gate by then.
    over.accept(outcome);
    handedOver();
  }

  /** Blocks the dispatching thread until the call has left, or is over. */
  void awaitLeft() {
    while (!left) {
      LockSupport.park(this);
    }
  }
}
