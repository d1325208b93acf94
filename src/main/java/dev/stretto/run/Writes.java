package dev.stretto.run;

import dev.stretto.message.Message;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What other threads ask the recorder's thread to write, first come, first served. */
final class Writes {

  private final ArrayDeque<Write> asked = new ArrayDeque<>();
  private boolean closed;

  private record Write(Supplier<List<Message>> work, CompletableFuture<List<Message>> written) {}

  /** Asks for work; what is returned ends with nothing where the recorder's thread is over. */
  synchronized CompletableFuture<List<Message>> add(Supplier<List<Message>> work) {
    CompletableFuture<List<Message>> written = new CompletableFuture<>();
    if (closed) {
      written.complete(List.of());
    } else {
      asked.add(new Write(work, written));
    }
    return written;
  }

  /**
   * Does one of those asked for. What it throws ends the recorder's thread; whoever asked finds the
   * run stopped.
   *
   * @return whether there was any
   */
  boolean next() {
    Write write = poll();
    if (write == null) {
      return false;
    }
    List<Message> done = List.of();
    try {
      done = write.work().get();
    } finally {
      write.written().complete(done);
    }
    return true;
  }

  private synchronized @Nullable Write poll() {
    return asked.poll();
  }

  /** Nothing is written any more. */
  void close() {
    List<Write> left;
    synchronized (this) {
      closed = true;
      left = List.copyOf(asked);
      asked.clear();
    }
    left.forEach(write -> write.written().complete(List.of()));
  }
}
