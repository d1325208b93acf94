package dev.stretto.report;

import java.util.ArrayList;
import java.util.List;

/**
 * Keeps every n-th of very many, where n doubles as they come: at most as many as asked for, and of
 * as many or more, more than half of that.
 */
final class Sample<T> {

  private final int most;
  private final List<T> kept = new ArrayList<>();
  private long seen;
  private long stride = 1;

  /**
   * @param most how many to keep, an even number of 2 or more
   */
  Sample(int most) {
    this.most = most;
  }

  void add(T one) {
    if (seen++ % stride != 0) {
      return;
    }
    if (kept.size() == most) {
      for (int i = 1; i <= most / 2; i++) {
        kept.remove(i);
      }
      stride *= 2;
    }
    if ((seen - 1) % stride == 0) {
      kept.add(one);
    }
  }

  /** Those kept, in the order they came in. */
  List<T> kept() {
    return List.copyOf(kept);
  }

  /** One in how many was kept. */
  long stride() {
    return stride;
  }
}
