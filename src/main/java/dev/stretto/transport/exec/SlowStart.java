package dev.stretto.transport.exec;

/**
 * How many calls may be under way: the window, but for a while after a program died with messages.
 *
 * <p>A message that makes the program crash takes all others under way with it, which would count
 * against each of them. So there is one call at a time then, and one more with each that ends
 * otherwise: the culprit is soon alone when it strikes again.
 */
final class SlowStart {

  private final int window;
  private volatile int allowed;

  /**
   * @param window the most calls, 1 or more
   */
  SlowStart(int window) {
    this.window = window;
    this.allowed = window;
  }

  int capacity() {
    return allowed;
  }

  /** A program died with calls under way. */
  synchronized void lost() {
    allowed = 1;
  }

  /** A call ended, and its program lives. */
  void ended() {
    if (allowed < window) {
      synchronized (this) {
        allowed = Math.min(window, allowed + 1);
      }
    }
  }
}
