package dev.stretto.job;

import dev.stretto.dispatch.DispatchSettings.OnUnknown;
import dev.stretto.dispatch.Dispatcher;
import dev.stretto.dispatch.Flight;
import dev.stretto.dispatch.Stop;
import dev.stretto.dispatch.Stop.Reason;
import dev.stretto.lease.Lease;
import dev.stretto.outbox.Message;
import dev.stretto.outbox.Settlement;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.batch.infrastructure.item.Chunk;
import org.springframework.batch.infrastructure.item.ItemWriter;
import org.springframework.batch.integration.async.AsyncItemWriter;
import org.springframework.core.task.TaskExecutor;

/**
 * Makes durable what happens in a channel, on one thread: hands the futures that are done to Spring
 * Batch's {@code AsyncItemWriter} and claims the next messages, both in one short transaction. As
 * it follows no chunk's edge, a slow call holds up neither.
 *
 * <p>It is also the executor of the {@code AsyncItemProcessor}: every message gets a virtual thread
 * that carries it to its outcome.
 */
final class Recorder implements TaskExecutor {

  private final Lease lease;
  private final Outbox outbox;
  private final Dispatcher dispatcher;
  private final Backlog backlog;
  private final DiskSync disk;
  private final AsyncItemWriter<Flight> writer;
  private final ConcurrentLinkedQueue<Future<@Nullable Flight>> done =
      new ConcurrentLinkedQueue<>();
  private final AtomicLong carried = new AtomicLong();
  private final Writes writes = new Writes();
  private final Thread thread;
  private long position;
  private volatile boolean closing;

  /**
   * Whether there may be something new. A flag, for the wait's own permit can be used up by any
   * lock in between.
   */
  private volatile boolean news;

  Recorder(
      Lease lease, Outbox outbox, Dispatcher dispatcher, Backlog backlog, OnUnknown onUnknown) {
    this.lease = lease;
    this.outbox = outbox;
    this.dispatcher = dispatcher;
    this.backlog = backlog;
    this.disk = new DiskSync(outbox, onUnknown, lease.channel(), this::broken);
    this.writer = new AsyncItemWriter<>(settling());
    this.thread =
        Thread.ofPlatform().name("record-" + lease.channel()).daemon().unstarted(this::run);
  }

  private ItemWriter<Flight> settling() {
    return flights -> outbox.messages().settle(settlements(flights.getItems()), lease.fence());
  }

  /**
   * Starts recording.
   *
   * @param lastPosition the highest position given in the channel so far
   */
  void start(long lastPosition) {
    position = lastPosition;
    disk.start();
    thread.start();
  }

  /** Runs an asynchronous processor's task on a virtual thread, and records it when it is done. */
  @Override
  public void execute(Runnable task) {
    @SuppressWarnings("unchecked")
    Future<@Nullable Flight> future = (Future<@Nullable Flight>) task;
    carried.incrementAndGet();
    Thread.ofVirtual()
        .start(() -> {
          task.run();
          done.add(future);
          carried.decrementAndGet();
          wake();
        });
  }

  /** Has work written on the recorder's thread, fenced as all it writes. Blocks until it is. */
  List<Message> write(int positions, LongFunction<List<Message>> work) {
    CompletableFuture<List<Message>> written =
        writes.add(() -> {
          long last = position;
          position += positions;
          return fenced(() -> work.apply(last));
        });
    wake();
    return written.join();
  }

  /** Tells, from any thread, that there may be something to record. */
  void wake() {
    news = true;
    LockSupport.unpark(thread);
  }

  /**
   * Records what is left and ends. Blocks until every task that was given to {@link #execute} is
   * recorded.
   */
  @SuppressWarnings("ThreadJoinLoop")
  void close() {
    closing = true;
    wake();
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        // The run is ending already, and a set flag would close an H2 file at the next access.
      }
    }
    disk.close();
  }

  private void run() {
    try {
      while (true) {
        news = false;
        boolean last = closing && carried.get() == 0;
        boolean wrote = writes.next();
        if (!record() && !wrote) {
          if (last) {
            return;
          }
          awaitNews();
        }
      }
    } catch (FencedOffException e) {
      dispatcher.stop(new Stop(Reason.LEASE_LOST, "another run has taken the channel over", null));
    } catch (RuntimeException | Error e) {
      broken(e);
    } finally {
      writes.close();
    }
  }

  private void broken(Throwable failure) {
    dispatcher.stop(new Stop(Reason.BROKEN, "recording failed: " + failure.getMessage(), null));
  }

  private void awaitNews() {
    while (!news) {
      LockSupport.park(this);
    }
  }

  /**
   * Records what is there.
   *
   * <p>INVARIANT (bounded duplicates): a message starts only after the transaction that claims it
   * is committed, and at every commit the claimed and unsettled messages are at most the window,
   * for what is picked beyond it takes the places of those settled in the same transaction.
   *
   * @return whether there was anything
   */
  private boolean record() {
    List<Future<@Nullable Flight>> ended = new ArrayList<>();
    List<Flight> settled = new ArrayList<>();
    for (Future<@Nullable Flight> future = done.poll(); future != null; future = done.poll()) {
      Flight flight = future.resultNow();
      if (flight != null) {
        ended.add(future);
        settled.add(flight);
      }
    }
    List<Flight> picked = dispatcher.pick(settled.size());
    if (settled.isEmpty() && picked.isEmpty()) {
      return false;
    }
    for (Flight flight : picked) {
      if (!flight.message().positioned()) {
        flight.place(++position);
      }
    }
    boolean[] claimed =
        fenced(() -> {
          settle(ended);
          backlog.settling(settled);
          return picked.isEmpty()
              ? new boolean[0]
              : outbox.messages().claim(picked.stream().map(Flight::message).toList());
        });
    List<Flight> startable = new ArrayList<>(picked.size());
    List<Flight> gone = new ArrayList<>(0);
    for (int i = 0; i < claimed.length; i++) {
      (claimed[i] ? startable : gone).add(picked.get(i));
    }
    backlog.claimed(startable, gone);
    dispatcher.recorded(settled);
    dispatcher.claimed(startable);
    dispatcher.unclaimed(gone);
    return true;
  }

  private <T> T fenced(Supplier<T> work) {
    T done =
        Objects.requireNonNull(
            outbox
                .transaction()
                .execute(status -> {
                  if (!outbox.channels().advance(lease.channel(), lease.fence(), position)) {
                    throw new FencedOffException();
                  }
                  return work.get();
                }));
    disk.committed();
    return done;
  }

  private void settle(List<Future<@Nullable Flight>> ended) {
    if (!ended.isEmpty()) {
      try {
        writer.write(new Chunk<>(ended));
      } catch (RuntimeException e) {
        throw e;
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private static List<Settlement> settlements(List<? extends Flight> flights) {
    List<Settlement> settlements = new ArrayList<>(flights.size());
    for (Flight flight : flights) {
      settlements.add(Objects.requireNonNull(flight.settlement()));
    }
    return settlements;
  }

  private static final class FencedOffException extends RuntimeException {}
}
