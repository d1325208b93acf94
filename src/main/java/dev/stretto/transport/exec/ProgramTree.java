package dev.stretto.transport.exec;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A running program and what it has started itself, which are ended together. */
final class ProgramTree {

  /** How long a program may take to end once it was asked to, before it is killed. */
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private final Process root;
  private volatile boolean ended;

  ProgramTree(Process root) {
    this.root = root;
  }

  /** Whether it was asked to end, or killed; else it ended by itself. */
  boolean ended() {
    return ended;
  }

  /**
   * Blocks until nothing of it is left, which takes some seconds at most. Whoever interrupts it has
   * everything killed at once.
   *
   * @param grace how long it may take to end by itself, from 0
   */
  void end(Duration grace) {
    Set<ProcessHandle> all = new LinkedHashSet<>();
    try {
      all.add(root.toHandle());
      // Those of a program that has ended are nobody's descendants any more.
      root.descendants().forEach(all::add);
      if (!root.waitFor(grace.toNanos(), TimeUnit.NANOSECONDS)) {
        ended = true;
        root.descendants().forEach(all::add);
      }
      all.forEach(ProcessHandle::destroy);
      awaitEnd(all);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      ended |= root.isAlive();
    }
    // Not Process.destroy, which waits for a thread that is writing.
    all.forEach(ProcessHandle::destroyForcibly);
  }

  private static void awaitEnd(Set<ProcessHandle> all) throws InterruptedException {
    try {
      var _ =
          CompletableFuture.allOf(
                  all.stream().map(ProcessHandle::onExit).toArray(CompletableFuture[]::new))
              .get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException e) {
      // Whatever is left is killed.
    }
  }
}
