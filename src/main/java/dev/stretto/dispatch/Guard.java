package dev.stretto.dispatch;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A lock, and what is done while it is held. */
final class Guard {

  private final ReentrantLock lock = new ReentrantLock();

  /** What can be waited for while the lock is held, which it is not during the wait. */
  Condition newCondition() {
    return lock.newCondition();
  }

  void alone(Runnable change) {
    lock.lock();
    try {
      change.run();
    } finally {
      lock.unlock();
    }
  }

  <T extends @Nullable Object> T locked(Supplier<T> action) {
    lock.lock();
    try {
      return action.get();
    } finally {
      lock.unlock();
    }
  }
}
